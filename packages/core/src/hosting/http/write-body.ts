import type { ServerResponse } from "node:http";
import { chooseEncoding, type ContentEncoding } from "./accept-encoding.ts";
import { compress, isCompressible, varyByEncoding, type Compression } from "./compression.ts";
import type { SharedBody } from "./shared-bytes.ts";
import { fitsAtOnce, writePiece } from "./write-piece.ts";

/** What an answer can be written from. */
export type AnswerBody = string | Buffer | SharedBody;

/** An answer that is there as a whole. */
export interface WholeAnswer {
  readonly status: number;
  readonly body: AnswerBody;
  readonly headers: Readonly<Record<string, string>>;
}

/** Options for {@link writeBody}. */
export interface WriteBodyOptions {
  readonly compression: Compression | undefined;
  /** Milliseconds the client may take nothing of it before it is cut off. */
  readonly sendTimeoutMs: number;
}

/** Writes a whole answer: at once, or when it has been compressed, if it is large and the client accepts that. */
export function writeBody(target: ServerResponse, answer: WholeAnswer, options: WriteBodyOptions): void {
  const { body, headers } = answer;
  const { compression, sendTimeoutMs } = options;
  const length = lengthOf(body);
  if (compression === undefined || length < compression.thresholdBytes || !isCompressible((name) => headers[name])) {
    write(target, answer, { length, sendTimeoutMs });
  } else {
    const { encodings } = compression;
    // Nothing is left to fail but a header that node refuses, and nobody to tell.
    writeCompressed(target, answer, { length, sendTimeoutMs, encodings }).catch(() => target.destroy());
  }
}

interface WriteOptions {
  readonly length: number;
  readonly sendTimeoutMs: number;
}

async function writeCompressed(
  target: ServerResponse,
  { status, body, headers }: WholeAnswer,
  { encodings, ...options }: WriteOptions & { readonly encodings: readonly ContentEncoding[] },
): Promise<void> {
  const encoding = chooseEncoding(target.req.headers["accept-encoding"], preferencesFor(body, encodings));
  // Without memory for it, or without gain, the answer is as good as it is.
  const compressed = encoding && (await encode(encoding, body).catch(() => undefined));
  if (target.destroyed) return;
  const varied = { ...headers, vary: varyByEncoding(target.getHeader("vary"), headers["vary"]) };
  if (encoding === undefined || compressed === undefined || compressed.length >= options.length) {
    write(target, { status, body, headers: varied }, options);
    return;
  }
  write(
    target,
    { status, body: compressed, headers: { ...varied, "content-encoding": encoding } },
    { ...options, length: compressed.length },
  );
}

/** What is shared has been compressed with gzip already, in most cases. */
function preferencesFor(body: AnswerBody, encodings: readonly ContentEncoding[]): readonly ContentEncoding[] {
  return isShared(body) && encodings.includes("gzip") ? ["gzip", ...encodings] : encodings;
}

function encode(encoding: ContentEncoding, body: AnswerBody): Promise<Buffer> {
  if (encoding === "gzip" && isShared(body)) return body.shared.gzipWithin(body.before, body.after);
  const parts = toParts(body);
  return compress(encoding, parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts));
}

function write(target: ServerResponse, { status, body, headers }: WholeAnswer, options: WriteOptions): void {
  const { length, sendTimeoutMs } = options;
  target.writeHead(status, { ...headers, "content-length": length });
  if (!fitsAtOnce(target, length) && target.req.method !== "HEAD") {
    void writeInPieces(target, body, sendTimeoutMs);
    return;
  }
  if (isShared(body)) {
    target.write(body.before);
    target.write(body.shared.bytes);
    target.end(body.after);
  } else {
    target.end(body);
  }
  if (target.writableLength > 0) cutOffStalled(target, sendTimeoutMs);
}

async function writeInPieces(target: ServerResponse, body: AnswerBody, sendTimeoutMs: number): Promise<void> {
  for (const part of toParts(body)) await writePiece(target, part, sendTimeoutMs);
  target.end();
}

function toParts(body: AnswerBody): readonly Buffer[] {
  if (typeof body === "string") return [Buffer.from(body)];
  if (!isShared(body)) return [body];
  return [Buffer.from(body.before), body.shared.bytes, Buffer.from(body.after)];
}

/** Ends a client that takes nothing of what was written to it. Node restarts the time whenever some of it leaves. */
function cutOffStalled(target: ServerResponse, ms: number): void {
  target.setTimeout(ms, () => target.destroy());
  // Before node's own listener, which starts the time of the idle connection.
  target.prependOnceListener("finish", () => target.setTimeout(0));
}

function lengthOf(body: AnswerBody): number {
  if (typeof body === "string") return Buffer.byteLength(body);
  if (!isShared(body)) return body.length;
  return Buffer.byteLength(body.before) + body.shared.bytes.length + Buffer.byteLength(body.after);
}

function isShared(body: AnswerBody): body is SharedBody {
  return typeof body === "object" && "shared" in body;
}
