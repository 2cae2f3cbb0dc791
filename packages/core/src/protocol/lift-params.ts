import type { ClientCapabilities, Implementation, LoggingLevel } from "@modelcontextprotocol/server";
import { isRecord } from "../json/is-record.ts";
import type { RawParams } from "./json-rpc.ts";
import { metaKeys } from "./meta-keys.ts";

/** Parameters apart from what the wire keeps in them for itself. */
export interface LiftedParams {
  readonly params: RawParams;
  /** `_meta` without the envelope: progress token, trace context, extension keys. */
  readonly meta: RawParams;
  /** From the envelope, as sent; a legacy request has none. */
  readonly clientInfo: Implementation | undefined;
  readonly clientCapabilities: ClientCapabilities | undefined;
  readonly logLevel: LoggingLevel | undefined;
  readonly inputResponses: RawParams | undefined;
  readonly requestState: string | undefined;
}

const wireParams: ReadonlySet<string> = new Set(["_meta", "inputResponses", "requestState"]);

const wireMeta: ReadonlySet<string> = new Set([
  metaKeys.protocolVersion,
  metaKeys.clientInfo,
  metaKeys.clientCapabilities,
  metaKeys.logLevel,
]);

const nothing: RawParams = Object.freeze({});

/**
 * Takes the wire's own keys out of a request's parameters, in both eras alike: the envelope (MCP 2026-07-28, basic,
 * `_meta`) and the members of a retried call (multi round trip requests).
 */
export function liftParams(sent: RawParams = nothing): LiftedParams {
  const { inputResponses, requestState } = sent;
  const meta = (sent["_meta"] ?? nothing) as RawParams;
  return {
    params: without(wireParams, sent),
    meta: without(wireMeta, meta),
    clientInfo: meta[metaKeys.clientInfo] as Implementation | undefined,
    clientCapabilities: meta[metaKeys.clientCapabilities] as ClientCapabilities | undefined,
    logLevel: meta[metaKeys.logLevel] as LoggingLevel | undefined,
    inputResponses: inputResponses === undefined ? undefined : bareResponses(inputResponses),
    // Whatever was sent: only a string that was sealed here opens.
    requestState: requestState as string | undefined,
  };
}

/** A copy without some members. Cheaper than rest properties, which take a slow path in V8 for every member. */
function without(names: ReadonlySet<string>, source: RawParams): RawParams {
  const copy: Record<string, unknown> = {};
  for (const name of Object.keys(source)) {
    if (names.has(name)) continue;
    // Assigned, it would become the prototype; it must stay a member.
    if (name === "__proto__") Object.defineProperty(copy, name, { value: source[name], ...plainMember });
    else copy[name] = source[name];
  }
  return copy;
}

const plainMember = { configurable: true, enumerable: true, writable: true } as const;

/** The answers that are bare results; one wrapped in a message of its own counts as not given, and is asked for again. */
function bareResponses(sent: unknown): RawParams {
  if (!isRecord(sent)) return {};
  const bare = Object.entries(sent).filter(
    ([, response]) => isRecord(response) && !("method" in response) && !("result" in response),
  );
  return Object.fromEntries(bare);
}
