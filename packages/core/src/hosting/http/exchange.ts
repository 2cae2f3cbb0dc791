import type { IncomingMessage, ServerResponse } from "node:http";
import { nextRequestId } from "../../context/request-id.ts";
import { KitError } from "../../errors/kit-error.ts";
import type { HttpRequestInfo } from "../../protocol/incoming.ts";
import type { Principal } from "../../protocol/principal.ts";
import type { Compression } from "./compression.ts";
import { messageIdOf, toRefusalBody, type Refusal } from "./refusal.ts";
import { RequestInfo } from "./request-info.ts";
import type { StreamRequest } from "./stream-request.ts";
import { writeBody, type AnswerBody } from "./write-body.ts";
import { taken } from "./write-piece.ts";
import { writeResponse } from "./write-response.ts";

/** Milliseconds in which a client that is still sending can read that it was refused, before the connection is cut. */
const lingerMs = 500;

/** What exchanges of one host share. */
export interface ExchangeHost {
  /** Whether no connection is taken any more: answers then ask the client to close this one. */
  readonly lastAnswers: boolean;
  /** Milliseconds a client may take none of an answer. */
  readonly sendTimeoutMs: number;
  /** How large answers are compressed; `undefined` for not at all. */
  readonly compression: Compression | undefined;
  /** Told the status of each refusal. */
  refused(status: number): void;
}

/**
 * One HTTP request and its answer. What costs something and is not always needed (headers, abort signal, request id) is
 * made on first use.
 */
export class Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The request's path without the query. */
  readonly path: string;
  /** Who calls, once verified. */
  principal: Principal | undefined;
  /** The parsed body of a POST. */
  body: unknown;
  readonly #host: ExchangeHost;
  #http: HttpRequestInfo | undefined;
  #controller: AbortController | undefined;
  #requestId: string | undefined;
  #sent = false;
  /** One wait for all that write while the client has no room: a tool may send a thousand messages without looking. */
  #taken: Promise<void> | undefined;

  constructor(request: IncomingMessage, response: ServerResponse, host: ExchangeHost) {
    const url = request.url ?? "/";
    const query = url.indexOf("?");
    this.path = query === -1 ? url : url.slice(0, query);
    this.request = request;
    this.response = response;
    this.#host = host;
  }

  get method(): string {
    return this.request.method ?? "GET";
  }

  get http(): HttpRequestInfo {
    return (this.#http ??= new RequestInfo(this.request));
  }

  /** Quoted to the client in masked errors, and in the log line that goes with one. */
  get requestId(): string {
    return (this.#requestId ??= nextRequestId());
  }

  /** Aborts when the client goes away before it has its whole answer; never after a complete one. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      const controller = new AbortController();
      const { response } = this;
      const onClose = (): void => {
        if (!response.writableFinished) controller.abort(new KitError("CANCELLED", "The client went away"));
      };
      if (response.destroyed || response.closed) onClose();
      else response.once("close", onClose);
      this.#controller = controller;
    }
    return this.#controller.signal;
  }

  /** Whether an answer has begun, or can no longer be given. */
  get answered(): boolean {
    return this.#sent || this.response.headersSent || this.response.destroyed;
  }

  /** Answers with a whole body: at once, or as soon as it is compressed. */
  send(status: number, body: AnswerBody, headers: Readonly<Record<string, string>> = {}): void {
    if (this.answered) return;
    this.#sent = true;
    writeBody(this.response, { status, body, headers: this.#withConnection(headers) }, this.#host);
  }

  /** Answers no, as a JSON-RPC error with the id of the request where one is known. */
  refuse(refused: Refusal): void {
    if (!this.answered) this.#host.refused(refused.status);
    this.send(refused.status, toRefusalBody(refused, messageIdOf(this.body)), {
      "content-type": "application/json",
      ...refused.headers,
    });
  }

  /**
   * Answers no to a client that is still sending, without reading on. The connection is cut only after a moment:
   * closing it on unread bytes resets it, and the client would lose the answer.
   */
  refuseAndClose(refused: Refusal): void {
    if (this.answered) return;
    const { request, response } = this;
    this.#host.refused(refused.status);
    const body = toRefusalBody(refused, null);
    request.pause();
    response.writeHead(refused.status, {
      "content-type": "application/json",
      ...refused.headers,
      "content-length": Buffer.byteLength(body),
      connection: "close",
    });
    if (request.httpVersionMajor === 2) {
      // Other requests go on in the session: only this one is given up, after its whole answer (RFC 9113 section 8.1).
      response.end(body);
      (request as unknown as StreamRequest).stream.close();
      return;
    }
    // To HEAD nothing is written, and the headers would wait for the end.
    response.flushHeaders();
    response.write(body);
    const timer = setTimeout(() => request.socket.destroy(), lingerMs);
    response.once("close", () => clearTimeout(timer));
  }

  /** Begins an answer whose parts follow one by one. */
  openStream(status: number, headers: Readonly<Record<string, string>>): void {
    if (this.answered) return;
    this.response.writeHead(status, this.#withConnection(headers));
  }

  /** Sends the next part of an answer; resolves when the client has room for more, or is gone. */
  write(part: string): Promise<void> {
    const { response } = this;
    if (response.destroyed || response.writableEnded || response.write(part)) return Promise.resolve();
    return (this.#taken ??= taken(response, this.#host.sendTimeoutMs).finally(() => (this.#taken = undefined)));
  }

  /** Ends whatever works for this exchange. */
  abort(reason: KitError): void {
    void this.signal;
    this.#controller?.abort(reason);
  }

  /**
   * Answers with a web response, streaming its body as fast as the client takes it. Resolves when all of it is written.
   */
  async respond(source: Response): Promise<void> {
    if (this.answered) {
      await source.body?.cancel();
      return;
    }
    const { compression, sendTimeoutMs } = this.#host;
    await writeResponse(this.response, source, { headers: this.#withConnection({}), compression, sendTimeoutMs });
  }

  #withConnection(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    return this.#host.lastAnswers ? { ...headers, connection: "close" } : headers;
  }
}
