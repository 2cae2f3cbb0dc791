import { failure, type UrlFetchError } from "../errors/url-fetch-error.ts";
import { UrlPolicyError } from "../errors/url-policy-error.ts";
import type { Exchange } from "./exchange.ts";

/** What belongs to the connection, and says nothing about the response (RFC 9110 section 7.6.1). */
const connectionHeaders: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** No longer true once a body has been decoded. */
const codingHeaders: ReadonlySet<string> = new Set(["content-encoding", "content-length"]);

/** How a response came about. */
export interface ResponseOrigin {
  /** The last URL. */
  readonly url: string;
  readonly redirected: boolean;
  /** Names of headers that are left out, in lower case. */
  readonly dropHeaders: ReadonlySet<string>;
  /** Ends the exchange when the reader loses interest, and why if there is more to say than that. */
  readonly giveUp: (error?: UrlFetchError) => void;
}

/**
 * An answer, in the shape of the `Response` of the Fetch Standard. Its body can be read once, and is bounded in bytes and
 * in time while it is read. A body that nobody reads keeps its connection until the total time is over: `cancel` it.
 */
export class FetchResponse {
  readonly status: number;
  readonly statusText: string;
  /** The URL of the answer, after redirects, without fragment. */
  readonly url: string;
  /** Whether there were redirects. */
  readonly redirected: boolean;
  readonly #exchange: Exchange;
  readonly #dropHeaders: ReadonlySet<string>;
  readonly #giveUp: (error?: UrlFetchError) => void;
  #headers: Headers | undefined;
  #stream: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;
  /** Who has begun to read the body: the reader of the stream, or a method for the whole of it. */
  #reader: "stream" | "whole" | undefined;

  /** @internal */
  constructor(exchange: Exchange, { url, redirected, dropHeaders, giveUp }: ResponseOrigin) {
    this.status = exchange.status;
    this.statusText = exchange.statusText;
    this.url = url;
    this.redirected = redirected;
    this.#exchange = exchange;
    this.#dropHeaders = dropHeaders;
    this.#giveUp = giveUp;
  }

  /** Whether the status is 2xx. */
  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  /**
   * The headers without those of the connection, those that the policy drops, and, when the body has been decoded, its
   * former coding and length.
   */
  get headers(): Headers {
    this.#headers ??= this.#readHeaders();
    return this.#headers;
  }

  /** Whether the body has been read, or is being read. */
  get bodyUsed(): boolean {
    return this.#reader !== undefined;
  }

  /** The body as it comes in, or null where there can be none. It rejects with a {@link UrlFetchError}. */
  get body(): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    if (!this.#exchange.hasBody) return null;
    this.#stream ??= this.#openStream();
    return this.#stream;
  }

  /** The whole body, in memory of its own. */
  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await this.#collect());
  }

  /** The whole body, in memory of its own. */
  async arrayBuffer(): Promise<ArrayBuffer> {
    return new Uint8Array(await this.#collect()).buffer;
  }

  /** The whole body as UTF-8, whatever its header says, without a byte order mark. */
  async text(): Promise<string> {
    return decodeUtf8(await this.#collect());
  }

  /**
   * The whole body, parsed.
   * @throws UrlFetchError `INVALID_RESPONSE` when it is not JSON
   */
  async json(): Promise<unknown> {
    const body = await this.#collect();
    try {
      return JSON.parse(decodeUtf8(body)) as unknown;
    } catch {
      // Without the parser's words, which quote the body.
      throw failure("INVALID_RESPONSE", "The body of the answer is not JSON", { reason: "encoding" });
    }
  }

  /** Gives up the body, and frees its connection. */
  cancel(): void {
    this.#reader ??= "stream";
    this.#giveUp();
  }

  /** @internal Gives it up for a reason that the audit shall see. */
  refuse(error: UrlFetchError): void {
    this.#reader ??= "stream";
    this.#giveUp(error);
  }

  /** At once when it is all there, as it is for most. */
  #collect(): Buffer | Promise<Buffer> {
    this.#use();
    return this.#exchange.hasBody ? this.#exchange.body.collect() : Buffer.alloc(0);
  }

  #use(): void {
    if (this.bodyUsed || this.#stream?.locked === true) throw readTwice();
    this.#reader = "whole";
  }

  #openStream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    const { body } = this.#exchange;
    return new ReadableStream(
      {
        pull: async (controller) => {
          // Two readers would each get a part of it.
          if (this.#reader === "whole") throw readTwice();
          this.#reader = "stream";
          const chunk = await body.next();
          if (chunk === undefined) controller.close();
          // A copy, because the memory of the chunk may hold other bytes before and behind it.
          else controller.enqueue(new Uint8Array(chunk));
        },
        cancel: () => {
          if (this.#reader !== "whole") this.cancel();
        },
      },
      { highWaterMark: 0 },
    );
  }

  #readHeaders(): Headers {
    const headers = new Headers();
    for (const [name, value] of Object.entries(this.#exchange.headers)) {
      if (connectionHeaders.has(name) || this.#dropHeaders.has(name)) continue;
      if (this.#exchange.isDecoded && codingHeaders.has(name)) continue;
      for (const one of typeof value === "string" ? [value] : (value ?? [])) headers.append(name, one);
    }
    return headers;
  }
}

function readTwice(): UrlPolicyError {
  return new UrlPolicyError("The body has been read already; read it once");
}

function decodeUtf8(bytes: Buffer): string {
  const text = bytes.toString("utf8");
  return text.codePointAt(0) === 0xfeff ? text.slice(1) : text;
}
