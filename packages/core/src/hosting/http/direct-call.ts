import type { LoggingLevel } from "@modelcontextprotocol/server";
import type { KitError } from "../../errors/kit-error.ts";
import type { WireError } from "../../errors/wire-error.ts";
import { toText, type EncodedResult } from "../../protocol/encode-result.ts";
import type { ClientInfo, Era, TransportKind } from "../../protocol/eras.ts";
import type { ClientRequest, HttpRequestInfo, Incoming } from "../../protocol/incoming.ts";
import type { RpcRequest } from "../../protocol/json-rpc.ts";
import { reaches } from "../../protocol/log-level.ts";
import { aroundResult, errorMessage, notificationMessage, resultMessage } from "../../protocol/messages.ts";
import type { Principal } from "../../protocol/principal.ts";
import type { EncodedOutcome } from "../encode-outcome.ts";
import { LiftedRequest } from "../lifted-request.ts";
import { EventStream } from "./event-stream.ts";
import type { Exchange } from "./exchange.ts";
import { headersFor, toRefusal } from "./refusal.ts";
import { sharedBytesOf } from "./shared-bytes.ts";

/** Options for {@link DirectCall}. */
export interface DirectCallOptions {
  readonly era: Era;
  readonly protocolVersion: string;
  /** Milliseconds between comments that keep an event stream alive; 0 sends none. */
  readonly keepAliveMs: number;
}

/**
 * One self-contained request on the direct lane: what `dispatch` sees of it, and its answer. That is one JSON body, or
 * an event stream from the first notification on. Made per request; nothing of it is seen by another.
 */
export class DirectCall extends LiftedRequest implements Incoming {
  readonly era: Era;
  readonly protocolVersion: string;
  readonly #exchange: Exchange;
  readonly #keepAliveMs: number;
  #stream: EventStream | undefined;

  constructor(exchange: Exchange, request: RpcRequest, options: DirectCallOptions) {
    super(request);
    this.era = options.era;
    this.protocolVersion = options.protocolVersion;
    this.#exchange = exchange;
    this.#keepAliveMs = options.keepAliveMs;
  }

  get client(): ClientInfo {
    return { info: this.lifted.clientInfo, capabilities: this.lifted.clientCapabilities };
  }
  get transport(): TransportKind {
    return "http";
  }
  get principal(): Principal | undefined {
    return this.#exchange.principal;
  }
  get http(): HttpRequestInfo {
    return this.#exchange.http;
  }
  get signal(): AbortSignal {
    return this.#exchange.signal;
  }
  get sessionId(): undefined {
    return undefined;
  }
  /** Nobody who was not asked by this request can answer on its exchange. */
  get requestClient(): ClientRequest | undefined {
    return undefined;
  }
  /** Neither era can resume the stream of a request that has no session. */
  get closeStream(): undefined {
    return undefined;
  }

  async notify(method: string, params: Record<string, unknown>): Promise<void> {
    const message = notificationMessage(method, params);
    this.#stream ??= new EventStream(this.#exchange, this.#keepAliveMs);
    await this.#stream.send(message);
  }

  /**
   * The modern era sends log messages to a client that asked with this very request (MCP 2026-07-28, logging); a legacy
   * client without a session has no way to ask, and gets all of them.
   */
  async clientLog(level: LoggingLevel, data: unknown, logger?: string): Promise<void> {
    const least = this.era === "legacy" ? "debug" : this.lifted.logLevel;
    if (least === undefined || !reaches(level, least)) return;
    await this.notify("notifications/message", { level, data, logger });
  }

  /** Answers. */
  answer(outcome: EncodedOutcome): void {
    if ("error" in outcome) this.#fail(outcome.error);
    else this.#succeed(outcome.result);
  }

  /** The host ends before the call does. */
  abandon(reason: KitError): void {
    const exchange = this.#exchange;
    if (this.#stream === undefined) exchange.refuse(toRefusal(reason, exchange.requestId));
    else this.#stream.close();
    exchange.abort(reason);
  }

  #succeed(result: EncodedResult): void {
    if (this.#stream !== undefined) void this.#stream.end(resultMessage(this.messageId, toText(result)));
    else if (typeof result === "string") {
      this.#exchange.send(200, resultMessage(this.messageId, result), jsonHeaders);
    } else {
      const { before, shared, after } = result;
      const [opening, closing] = aroundResult(this.messageId);
      const body = { before: `${opening}${before}`, shared: sharedBytesOf(shared), after: `${after}${closing}` };
      this.#exchange.send(200, body, jsonHeaders);
    }
  }

  /** On the status that goes with the error, unless a stream has begun. */
  #fail(error: WireError): void {
    const message = errorMessage(this.messageId, error);
    if (this.#stream !== undefined) {
      void this.#stream.end(message);
      return;
    }
    const { httpStatus = 200 } = error;
    // A legacy client takes any other status for a broken transport, and 404 for the end of its session.
    const status = this.era === "modern" || httpStatus === 401 || httpStatus === 403 ? httpStatus : 200;
    this.#exchange.send(status, message, { ...jsonHeaders, ...(status !== 200 && headersFor(error)) });
  }
}

const jsonHeaders = { "content-type": "application/json" } as const;
