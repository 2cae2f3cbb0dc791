/**
 * The lane for requests that need nothing but themselves, of both eras: from the parsed body straight into `dispatch`,
 * and one write back. It takes what it knows to be well-formed, and refuses in the modern era what the specification
 * tells to refuse; everything else is for the SDK lane. Both must answer alike, which a test checks
 * (`docs/decisions/direct-lane.md`).
 */
import { KitError } from "../../errors/kit-error.ts";
import { toWireError, type WireError } from "../../errors/wire-error.ts";
import { createModernEncoder, encodeLegacyResult, type ResultEncoder } from "../../protocol/encode-result.ts";
import {
  ASSUMED_PROTOCOL_VERSION,
  LEGACY_PROTOCOL_VERSIONS,
  MODERN_PROTOCOL_VERSION,
  type Era,
} from "../../protocol/eras.ts";
import { toRequest, type RpcRequest } from "../../protocol/json-rpc.ts";
import { errorMessage } from "../../protocol/messages.ts";
import { claimsModern, modernRefusal } from "../../protocol/modern-refusal.ts";
import { checkParameterHeaders } from "../../protocol/parameter-headers.ts";
import { existsIn, methodNotFound } from "../../protocol/served-methods.ts";
import { encodeOutcome } from "../encode-outcome.ts";
import type { HostedServer } from "../hosted-server.ts";
import { DirectCall, type DirectCallOptions } from "./direct-call.ts";
import type { Exchange } from "./exchange.ts";
import type { ResolvedHttpOptions } from "./http-options.ts";
import type { Lane } from "./lane.ts";

/** Makes the lane. */
export function createDirectLane(server: HostedServer, options: ResolvedHttpOptions): Lane {
  const encoders: Readonly<Record<Era, ResultEncoder>> = {
    modern: createModernEncoder(server.info),
    legacy: encodeLegacyResult,
  };
  const keepAliveMs = options.sseKeepAliveMs;
  const modern: DirectCallOptions = { era: "modern", protocolVersion: MODERN_PROTOCOL_VERSION, keepAliveMs };
  const running = new Set<DirectCall>();

  function offers(era: Era, method: string): boolean {
    return server.offer().methods.includes(method) && existsIn(era, method);
  }

  function handleModern(exchange: Exchange, request: RpcRequest): Promise<void> | false {
    if (request.method === "subscriptions/listen") return false;
    const { headers } = exchange.request;
    const refused = modernRefusal(request, {
      version: headers["mcp-protocol-version"] as string | undefined,
      method: headers["mcp-method"] as string | undefined,
      name: headers["mcp-name"] as string | undefined,
    });
    if (refused !== undefined) return refuse(exchange, request, refused);
    const mismatch = request.method === "tools/call" ? checkArguments(exchange, request) : undefined;
    if (mismatch !== undefined) return refuse(exchange, request, toWireError(mismatch, exchange.requestId));
    if (!offers("modern", request.method)) return refuse(exchange, request, methodNotFound);
    return serve(exchange, request, modern);
  }

  function checkArguments({ request: { headers } }: Exchange, { params }: RpcRequest): KitError | undefined {
    const tool = server.catalog.tools.get(params?.["name"] as string);
    if (tool === undefined || tool.parameterHeaders.length === 0) return undefined;
    const get = (name: string): string | null => (headers[name] as string | undefined) ?? null;
    return checkParameterHeaders(tool.parameterHeaders, params?.["arguments"], { get });
  }

  /** What does not fit is refused by the SDK lane, which also has the sessions (MCP 2025-11-25, transports). */
  function handleLegacy(exchange: Exchange, request: RpcRequest): Promise<void> | false {
    const { headers } = exchange.request;
    const { "mcp-protocol-version": version = ASSUMED_PROTOCOL_VERSION, accept = "" } = headers;
    const alone = options.legacy === "stateless" || headers["mcp-session-id"] === undefined;
    const fits =
      options.legacy !== "off" &&
      alone &&
      LEGACY_PROTOCOL_VERSIONS.includes(version as string) &&
      accept.includes("application/json") &&
      accept.includes("text/event-stream") &&
      offers("legacy", request.method);
    return fits && serve(exchange, request, { era: "legacy", protocolVersion: version as string, keepAliveMs });
  }

  /** For a request that never becomes a call. */
  async function refuse(exchange: Exchange, { id }: RpcRequest, error: WireError): Promise<void> {
    exchange.send(error.httpStatus ?? 200, errorMessage(id, error), { "content-type": "application/json" });
  }

  async function serve(exchange: Exchange, request: RpcRequest, how: DirectCallOptions): Promise<void> {
    const call = new DirectCall(exchange, request, how);
    running.add(call);
    try {
      const outcome = await server.dispatch(call);
      call.answer(encodeOutcome(outcome, { method: call.method, encode: encoders[how.era], log: server.log }));
    } finally {
      running.delete(call);
    }
  }

  return {
    handle(exchange) {
      if (exchange.method !== "POST") return false;
      const request = toRequest(exchange.body);
      if (request === undefined || request.method === "initialize") return false;
      return claimsModern(request.params) ? handleModern(exchange, request) : handleLegacy(exchange, request);
    },
    drain: () => undefined,
    close() {
      const ended = new KitError("UNAVAILABLE", "The server is shutting down", { retryAfterSeconds: 1 });
      for (const call of running) call.abandon(ended);
      return Promise.resolve();
    },
  };
}
