import type { LoggingLevel } from "@modelcontextprotocol/server";
import type { ClientInfo, Era, TransportKind } from "./eras.ts";
import type { Principal } from "./principal.ts";

/** What an HTTP request brought besides its body. */
export interface HttpRequestInfo {
  readonly method: string;
  /** Path and query as received. */
  readonly url: string;
  readonly headers: Headers;
  /** The peer's address, without a port. Behind a proxy that is the proxy. */
  readonly remoteAddress: string | undefined;
}

/** The requests that a server may have for a client in the middle of a call. */
export type QuestionMethod = "elicitation/create" | "sampling/createMessage" | "roots/list";

/** Sends a request to the client on the open exchange; the legacy era alone has it. */
export type ClientRequest = (
  method: QuestionMethod,
  params: Record<string, unknown>,
  signal: AbortSignal,
) => Promise<unknown>;

/**
 * One request as a binding hands it to `dispatch`: decoded from the envelope of its era, with everything that belongs
 * to the exchange it arrived on. A binding makes a new one per request and shares nothing between two.
 */
export interface Incoming {
  readonly method: string;
  /** The parameters without the wire's own keys (`_meta` envelope keys, `inputResponses`, `requestState`). */
  readonly params: Readonly<Record<string, unknown>>;
  /** How many operations of this server are around this one; absent when it is the client's own. */
  readonly depth?: number;
  /** The JSON-RPC id: chosen by the client, unique only within its connection. */
  readonly messageId: string | number;
  readonly era: Era;
  readonly protocolVersion: string;
  readonly transport: TransportKind;
  readonly client: ClientInfo;
  /** Who calls, verified at the edge; `undefined` when nothing authenticates. */
  readonly principal: Principal | undefined;
  /** The legacy session, where there is one. */
  readonly sessionId: string | undefined;
  /** `_meta` as sent: progress token, trace context, extension keys. */
  readonly meta: Readonly<Record<string, unknown>>;
  /** Aborts when the client cancels or goes away. */
  readonly signal: AbortSignal;
  /** Modern era, a retried call: the client's answers by key (2026-07-28, multi round trip requests). */
  readonly inputResponses: Readonly<Record<string, unknown>> | undefined;
  /** Modern era, a retried call: the sealed state that the last answer carried. */
  readonly requestState: string | undefined;
  /** Sends a notification that belongs to this request, on its own stream. */
  notify(method: string, params: Record<string, unknown>): Promise<void>;
  /** Sends a log message if the era has it and the client's level lets it through. */
  clientLog(level: LoggingLevel, data: unknown, logger?: string): Promise<void>;
  /** Asks the client something while the call is open; `undefined` where the exchange cannot carry it. */
  readonly requestClient: ClientRequest | undefined;
  /**
   * Closes the stream that carries this call; a resumable client comes back for the answer. `undefined` without such a
   * stream.
   */
  readonly closeStream: (() => void) | undefined;
  /** Set when the call came over HTTP. */
  readonly http: HttpRequestInfo | undefined;
}
