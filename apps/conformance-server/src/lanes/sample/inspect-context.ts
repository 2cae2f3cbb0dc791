import type { Context } from "@plinth/core";

/** All that a handler or a middleware can see of its call, as data: what one lane shows, the other has to show too. */
export function inspectContext(ctx: Context): Record<string, unknown> {
  return {
    method: ctx.method,
    era: ctx.era,
    protocolVersion: ctx.protocolVersion,
    transport: ctx.transport,
    client: { info: ctx.client.info ?? null, capabilities: ctx.client.capabilities ?? null },
    principal: ctx.principal ?? null,
    tenant: ctx.tenant ?? null,
    hasSession: ctx.sessionId !== undefined,
    meta: Object.entries(ctx.meta),
    trace: { ...ctx.trace },
    aborted: ctx.signal.aborted,
    http: {
      method: ctx.http?.method,
      url: ctx.http?.url,
      remoteAddress: ctx.http?.remoteAddress,
      headers: [...(ctx.http?.headers ?? [])].filter(([name]) => name !== "mcp-session-id"),
    },
  };
}
