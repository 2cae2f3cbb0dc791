import type { InvokedRequest } from "../context/call-context.ts";
import { KitError } from "../errors/kit-error.ts";
import { toJsonValue } from "../json/json-value.ts";
import type { Incoming } from "../protocol/incoming.ts";

/** How deep operations may call each other. Nothing sensible goes near it; what goes in circles ends at it. */
const deepest = 8;

/**
 * A request that a handler makes of its own server on behalf of its caller: the same client, principal and trace, and
 * nothing of what belongs to the exchange alone. Progress goes nowhere, because its token names the outer call; nobody
 * can be asked, because a question ends the call that the client knows, and that is the outer one.
 *
 * @throws KitError `FAILED` when calls are nested too deep, `INVALID_OUTPUT` when JSON cannot carry the parameters
 */
export function nestedRequest(outer: Incoming, { method, params, signal }: InvokedRequest): Incoming {
  const depth = (outer.depth ?? 0) + 1;
  if (depth > deepest) {
    throw new KitError("FAILED", `${method} would be call ${depth} inside another; does a tool call itself?`);
  }
  const { traceparent, tracestate, baggage } = outer.meta;
  return {
    method,
    params: toJsonValue(params, `The parameters of invoke(${JSON.stringify(method)})`) as Record<string, unknown>,
    depth,
    messageId: outer.messageId,
    era: outer.era,
    protocolVersion: outer.protocolVersion,
    transport: outer.transport,
    client: outer.client,
    principal: outer.principal,
    sessionId: outer.sessionId,
    meta: {
      ...(traceparent !== undefined && { traceparent }),
      ...(tracestate !== undefined && { tracestate }),
      ...(baggage !== undefined && { baggage }),
    },
    signal,
    inputResponses: undefined,
    requestState: undefined,
    notify: () => Promise.resolve(),
    clientLog: (level, data, logger) => outer.clientLog(level, data, logger),
    requestClient: undefined,
    closeStream: undefined,
    http: outer.http,
  };
}
