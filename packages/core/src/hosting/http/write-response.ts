import type { ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { ReadableStreamDefaultReader, ReadableStreamReadResult } from "node:stream/web";
import { chooseEncoding, type ContentEncoding } from "./accept-encoding.ts";
import { createCompressor, isCompressible, varyByEncoding, type Compression } from "./compression.ts";
import { writePiece } from "./write-piece.ts";

/**
 * Headers that belong to the connection and not to the answer (RFC 9110 section 7.6.1); node decides on those, and
 * HTTP/2 has none of them (RFC 9113 section 8.2.2).
 */
const connectionHeaders = new Set([
  "connection",
  "http2-settings",
  "keep-alive",
  "proxy-connection",
  "te",
  "transfer-encoding",
  "upgrade",
]);

/** Options for {@link writeResponse}. */
export interface WriteResponseOptions {
  /** Sent besides the answer's own. */
  readonly headers: Readonly<Record<string, string>>;
  readonly compression: Compression | undefined;
  /** Milliseconds the client may take nothing of a blocked answer before it is cut off. */
  readonly sendTimeoutMs: number;
}

/**
 * Writes a web response to a node one: reads its body only as fast as the client takes it, and cancels it when the
 * client goes away. Resolves when the answer is written or the client is gone. @throws what the body's stream throws
 */
export async function writeResponse(
  target: ServerResponse,
  source: Response,
  { headers, compression, sendTimeoutMs }: WriteResponseOptions,
): Promise<void> {
  const { body, status } = source;
  if (body === null || target.req.method === "HEAD") {
    copyHeaders(target, source);
    target.writeHead(status, { ...headers });
    target.end();
    await body?.cancel();
    return;
  }
  const reader = body.getReader();
  const onClose = (): void => void reader.cancel().catch(() => undefined);
  target.once("close", onClose);
  try {
    const varies = compression !== undefined && isCompressible((name) => source.headers.get(name) ?? undefined);
    const first = varies ? await reader.read() : undefined;
    // Meanwhile the host may have closed, and answered so.
    if (target.headersSent || target.destroyed) return onClose();
    copyHeaders(target, source);
    if (varies) target.setHeader("vary", varyByEncoding(target.getHeader("vary")));
    const encoding = first && encodingFor(first.value, target, compression as Compression);
    if (encoding !== undefined) {
      target.setHeader("content-encoding", encoding);
      target.removeHeader("content-length");
    }
    target.writeHead(status, { ...headers });
    target.flushHeaders();
    const pieces = piecesOf(reader, first);
    if (encoding === undefined) await pump(pieces, target, sendTimeoutMs);
    else await pipeline(pieces, await createCompressor(encoding), (made) => pump(made, target, sendTimeoutMs));
    target.end();
  } finally {
    target.off("close", onClose);
  }
}

function copyHeaders(target: ServerResponse, { headers }: Response): void {
  for (const [name, value] of headers) {
    if (name === "vary") target.setHeader(name, [target.getHeader(name), value].flat().filter(Boolean).join(", "));
    else if (!connectionHeaders.has(name) && name !== "set-cookie") target.setHeader(name, value);
  }
  const cookies = headers.getSetCookie();
  if (cookies.length > 0) target.setHeader("set-cookie", cookies);
}

/**
 * Only the first piece tells that a body is large: how long a body will be is not known, and one that comes in drops is
 * not held back until it is.
 */
function encodingFor(
  piece: Uint8Array | undefined,
  target: ServerResponse,
  { thresholdBytes, encodings }: Compression,
): ContentEncoding | undefined {
  if (piece === undefined || piece.length < thresholdBytes) return undefined;
  return chooseEncoding(target.req.headers["accept-encoding"], encodings);
}

type Read = ReadableStreamReadResult<Uint8Array>;

async function* piecesOf(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  first: Read | undefined,
): AsyncGenerator<Uint8Array> {
  for (let read = first ?? (await reader.read()); !read.done; read = await reader.read()) yield read.value;
}

async function pump(pieces: AsyncIterable<Uint8Array>, target: ServerResponse, sendTimeoutMs: number): Promise<void> {
  for await (const piece of pieces) {
    await writePiece(target, piece, sendTimeoutMs);
  }
}
