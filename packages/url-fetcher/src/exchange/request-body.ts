import { failure, type UrlFetchError } from "../errors/url-fetch-error.ts";

/** What can be sent. */
export type RequestBody =
  | string
  | ArrayBuffer
  | ArrayBufferView<ArrayBuffer>
  | URLSearchParams
  | Blob
  | FormData
  | AsyncIterable<Uint8Array | string>;

/** A body that is ready to be sent. */
export interface ReadyBody {
  /** Bytes can be sent again, to the target of a redirect or in a retry; a stream cannot. */
  readonly content: Buffer | AsyncIterable<Uint8Array>;
  /** The type to send where the caller names none. */
  readonly type: string | undefined;
  /** Undefined for a stream. */
  readonly length: number | undefined;
}

/**
 * Makes a body ready: bytes at once, streams as a count that ends them.
 * @throws UrlFetchError `TOO_LARGE`, or `INVALID_REQUEST` for what cannot be sent
 */
export function readBody(body: unknown, most: number): ReadyBody | Promise<ReadyBody> {
  if (typeof body === "string") return ready(Buffer.from(body), "text/plain;charset=UTF-8", most);
  if (body instanceof ArrayBuffer) return readyCopy(Buffer.from(body), most);
  if (ArrayBuffer.isView(body)) {
    return readyCopy(Buffer.from(body.buffer as ArrayBuffer, body.byteOffset, body.byteLength), most);
  }
  if (body instanceof URLSearchParams) {
    return ready(Buffer.from(body.toString()), "application/x-www-form-urlencoded;charset=UTF-8", most);
  }
  if (body instanceof Blob || body instanceof FormData) return encode(body, most);
  if (typeof body === "object" && body !== null && Symbol.asyncIterator in body) {
    return { content: counted(body as AsyncIterable<unknown>, most), type: undefined, length: undefined };
  }
  throw unsendable("The body is none that can be sent; use text, bytes, a form, or an asynchronous iterable of bytes");
}

function ready(content: Buffer, type: string | undefined, most: number): ReadyBody {
  if (content.length > most) throw tooLarge(most);
  return { content, type, length: content.length };
}

/** A copy, because the caller may change its memory, or give it away, before it is sent, or sent again. */
function readyCopy(content: Buffer, most: number): ReadyBody {
  if (content.length > most) throw tooLarge(most);
  return ready(Buffer.from(content), undefined, most);
}

/** The platform knows how to write forms. */
async function encode(body: Blob | FormData, most: number): Promise<ReadyBody> {
  const parts = body instanceof Blob ? [body] : [...body.values()];
  const atLeast = parts.reduce((sum, part) => sum + (typeof part === "string" ? part.length : part.size), 0);
  if (atLeast > most) throw tooLarge(most);
  const encoded = new Response(body);
  const content = Buffer.from(await encoded.arrayBuffer());
  return ready(content, encoded.headers.get("content-type") ?? undefined, most);
}

async function* counted(chunks: AsyncIterable<unknown>, most: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of ofCaller(chunks)) {
    const isBytes = typeof chunk === "string" || chunk instanceof Uint8Array;
    if (!isBytes) throw unsendable("A piece of the body is no bytes");
    const piece = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    bytes += piece.length;
    if (bytes > most) throw tooLarge(most);
    yield piece;
  }
}

/** Whatever the caller's stream throws is the caller's, also when it is the error of another fetch whose body it sends. */
async function* ofCaller(chunks: AsyncIterable<unknown>): AsyncGenerator {
  try {
    yield* chunks;
  } catch (cause) {
    throw failure("INVALID_REQUEST", "The body of the request broke off", { reason: "body", cause });
  }
}

function tooLarge(most: number): UrlFetchError {
  return failure("TOO_LARGE", `The body of the request has more than ${most} bytes`, { reason: "size" });
}

function unsendable(message: string): UrlFetchError {
  return failure("INVALID_REQUEST", message, { reason: "body" });
}
