import type { LoggingLevel } from "@modelcontextprotocol/server";
import type { ClientInfo, Era, TransportKind } from "../protocol/eras.ts";
import type { HttpRequestInfo } from "../protocol/incoming.ts";
import type { Principal } from "../protocol/principal.ts";
import type { ClientInput } from "./client-input.ts";
import type { ContextState } from "./context-key.ts";
import type { Logger } from "./logger.ts";
import type { Notify } from "./notify.ts";

/** W3C trace context as the client sent it in `_meta` (MCP 2026-07-28, trace context). Unverified text. */
export interface TraceContext {
  readonly traceparent: string | undefined;
  readonly tracestate: string | undefined;
  readonly baggage: string | undefined;
}

/** Options for {@link Context.invoke}. */
export interface InvokeOptions {
  /** Ends the inner call besides the signal of the outer one. */
  readonly signal?: AbortSignal;
}

/**
 * What a handler and a middleware know about the call they serve. `Services` is the type of
 * `createServer({ services })`, given by {@link forServices}.
 */
export interface Context<Services = unknown> extends ClientInput {
  /** Made by the server, unique in the fleet; in every log line and every masked error. */
  readonly requestId: string;
  readonly method: string;
  readonly era: Era;
  readonly protocolVersion: string;
  readonly transport: TransportKind;
  readonly client: ClientInfo;
  /** Who calls, verified; `undefined` when nothing authenticates. */
  readonly principal: Principal | undefined;
  readonly tenant: string | undefined;
  readonly sessionId: string | undefined;
  /** The JSON-RPC id of the request: chosen by the client, and unique only within its connection. */
  readonly messageId: string | number;
  /** Aborts when the call should stop: cancelled, disconnected, timed out. Never fired by success. */
  readonly signal: AbortSignal;
  /** For the operator. Nothing of it reaches the client. */
  readonly log: Logger;
  /** The running services, as given to `createServer`. */
  readonly services: Services;
  /** Tells connected clients what the call has changed. */
  readonly notify: Notify;
  /** Values that middleware left for this call. */
  readonly state: ContextState;
  /** `_meta` of the request. */
  readonly meta: Readonly<Record<string, unknown>>;
  readonly trace: TraceContext;
  /** Set when the call came over HTTP. */
  readonly http: HttpRequestInfo | undefined;
  /**
   * Reports progress, if the client asked for it with a progress token; otherwise does nothing. Reports closer together
   * than the server's `progressIntervalMs` are thinned out; the last one always arrives, before the result.
   */
  readonly progress: (done: number, total?: number, message?: string) => void;
  /**
   * Runs another operation of this server on behalf of the same caller, for example `tools/call`: the same principal,
   * through all middleware, so it is limited, authorized and logged as a call of the client's own. Progress of the inner
   * call is dropped, and it cannot ask the client.
   *
   * @param method one that runs through the pipeline: `tools/call`, `tools/list`, `resources/read`, ...
   * @param params as a client would send them, without `_meta`
   * @returns the result as a client would get it; a tool that failed gives `isError: true`
   * @throws KitError as the client would see it, so masked where it would be; `FAILED` when calls nest deeper than 8
   */
  readonly invoke: (
    method: string,
    params?: Readonly<Record<string, unknown>>,
    options?: InvokeOptions,
  ) => Promise<Record<string, unknown>>;
  /**
   * Closes the stream that carries this call while the handler goes on; a client with a resumable session comes back
   * for the answer (MCP 2025-11-25, transports, resumability). Does nothing where there is no such stream.
   */
  readonly closeStream: () => void;
  /**
   * Sends a log message to the client (`notifications/message`), if its log level lets it through. Clients read all of
   * it: write no secrets. Resolves when it is on its way, or dropped because the call is over or the client gone.
   * Deprecated by MCP 2026-07-28, works until at least 2027-07-28.
   *
   * @throws KitError `INVALID_OUTPUT` when JSON cannot carry `data`
   */
  readonly clientLog: (level: LoggingLevel, data: unknown, logger?: string) => Promise<void>;
}
