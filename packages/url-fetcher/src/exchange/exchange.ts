import type { Dispatcher } from "undici";
import { failure, type UrlFetchError } from "../errors/url-fetch-error.ts";
import type { ResolvedPolicy } from "../policy/resolve-policy.ts";
import { BodyDecoder, tooLarge } from "./body-decoder.ts";
import { BodyQueue } from "./body-queue.ts";
import { readCodings } from "./content-codings.ts";
import { toFetchError } from "./to-fetch-error.ts";

/** What the answer depends on. */
export interface OutgoingRequest {
  readonly method: string;
  /** Bytes of the decoded body. */
  readonly maxDecoded: number;
}

/** What an exchange tells whoever started it. */
export interface ExchangeListener {
  /** The connection is free again, or gone. */
  readonly onReleased: () => void;
  /** The body has ended. */
  readonly onEnded: () => void;
  /** It has failed after its head; before, `head` rejects. */
  readonly onBroken: (error: UrlFetchError) => void;
}

type RawHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** More than any server has to say before it answers; each one would put off the time limit of the head. */
const maxInformational = 16;

const bodiless: ReadonlySet<number> = new Set([204, 205, 304]);

/** One request and its answer, on one connection: no redirect, no retry. Counts and bounds what comes in. */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly request: OutgoingRequest;
  /** Settles with the head of the answer. */
  readonly head: Promise<this>;
  readonly body: BodyQueue = new BodyQueue();
  status = 0;
  statusText = "";
  headers: RawHeaders = {};
  /** Whether the body was sent in a coding, which it no longer is. */
  isDecoded = false;
  /** Whether the body is there to its end, read or not. */
  isEnded = false;
  wireBytes = 0;
  decodedBytes = 0;
  readonly #policy: ResolvedPolicy;
  readonly #listener: ExchangeListener;
  #resolve: (exchange: this) => void = () => {};
  #reject: (error: UrlFetchError) => void = () => {};
  #controller: Dispatcher.DispatchController | undefined;
  #decoder: BodyDecoder | undefined;
  #error: UrlFetchError | undefined;
  #informational = 0;

  constructor(request: OutgoingRequest, policy: ResolvedPolicy, listener: ExchangeListener) {
    this.request = request;
    this.#policy = policy;
    this.#listener = listener;
    this.head = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Whether an answer with this status and method has a body (RFC 9110 section 6.4.1). */
  get hasBody(): boolean {
    return this.request.method !== "HEAD" && !bodiless.has(this.status);
  }

  /** Ends it. undici lets go of a request that still waits for its connection only once that is there, or has failed. */
  abort(error: UrlFetchError): void {
    if (this.#error !== undefined || this.isEnded) return;
    this.#error = error;
    this.#decoder?.destroy();
    this.body.fail(error);
    this.#controller?.abort(error);
    if (this.status === 0) this.#reject(error);
    else this.#listener.onBroken(error);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#error !== undefined) controller.abort(this.#error);
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: RawHeaders,
    statusText?: string,
  ): void {
    if (status < 200) {
      this.#informational += 1;
      if (this.#informational > maxInformational) this.abort(malformed("The server does not come to its answer"));
      return;
    }
    // Set after the checks: an answer that is refused by its head has none.
    const refusal = this.#refusedHead(status, headers);
    if (refusal !== undefined) return this.abort(refusal);
    this.status = status;
    this.statusText = statusText ?? "";
    this.headers = headers;
    this.#resolve(this);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#error !== undefined) return;
    this.wireBytes += chunk.length;
    if (this.wireBytes > this.#policy.limits.wire) return this.abort(tooLarge(this.#policy.limits.wire));
    // What a server sends where there is no body, as with a 205, has no reader who could make room for it.
    if (!this.hasBody) return;
    const isWelcome = this.#decoder === undefined ? this.#take(chunk) : this.#decoder.write(chunk);
    if (isWelcome) return;
    controller.pause();
    // A decoder asks for more itself, once it has room.
    if (this.#decoder === undefined) this.body.onDrain ??= () => controller.resume();
  }

  onResponseEnd(): void {
    this.#listener.onReleased();
    if (this.#error !== undefined) return;
    if (this.#decoder === undefined) this.#finish();
    else this.#decoder.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    this.#listener.onReleased();
    this.abort(toFetchError(error));
  }

  #refusedHead(status: number, headers: RawHeaders): UrlFetchError | undefined {
    if (this.request.method === "HEAD" || bodiless.has(status)) return undefined;
    const { limits } = this.#policy;
    const maxDecoded = Math.min(limits.decoded, this.request.maxDecoded);
    if (Number(own(headers, "content-length")) > limits.wire) return tooLarge(limits.wire);
    const coding = own(headers, "content-encoding");
    if (coding === undefined) return undefined;
    try {
      const codings = readCodings(coding, limits.codings);
      if (codings.length === 0) return undefined;
      this.isDecoded = true;
      this.body.onDrain = () => this.#decoder?.resume();
      this.#decoder = new BodyDecoder(
        codings,
        { decoded: maxDecoded, ratio: limits.ratio },
        {
          onChunk: (chunk) => this.#take(chunk),
          onEnd: () => this.#finish(),
          onError: (error) => this.abort(error),
          onDrain: () => this.#controller?.resume(),
        },
      );
      return undefined;
    } catch (error) {
      return toFetchError(error);
    }
  }

  /** @returns Whether more is welcome. */
  #take(chunk: Buffer): boolean {
    this.decodedBytes += chunk.length;
    const most = Math.min(this.#policy.limits.decoded, this.request.maxDecoded);
    if (this.decodedBytes > most) {
      this.abort(tooLarge(most));
      return true;
    }
    return this.body.push(chunk);
  }

  #finish(): void {
    this.isEnded = true;
    this.body.end();
    this.#listener.onEnded();
  }
}

/** A header of the answer; nothing that was put on a prototype is one. */
export function own(headers: RawHeaders, name: string): string | readonly string[] | undefined {
  return Object.hasOwn(headers, name) ? headers[name] : undefined;
}

function malformed(message: string): UrlFetchError {
  return failure("INVALID_RESPONSE", message, { reason: "protocol" });
}
