import { Transform, type TransformCallback } from "node:stream";
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from "node:zlib";
import { failure, type UrlFetchError } from "../errors/url-fetch-error.ts";

/** How much a decoder gives out at a time. */
const chunkSize = 65_536;

/** RFC 9659 section 3: a window of 8 MiB is all that HTTP may ask of a decoder. */
const zstdWindowLog = 23;

/** A stream that undoes a coding. */
export type Decoder = Transform & {
  /** How many bytes it has used of those that were written: fewer, at its end, when the coding ended before. */
  readonly bytesWritten: number;
};

/** RFC 9110 section 8.4.1, RFC 7932, RFC 8878. */
const decoders: ReadonlyMap<string, () => Decoder> = new Map<string, () => Decoder>([
  ["gzip", () => createGunzip({ chunkSize })],
  ["x-gzip", () => createGunzip({ chunkSize })],
  ["deflate", () => new Inflate()],
  ["br", () => createBrotliDecompress({ chunkSize })],
  ["zstd", () => createZstdDecompress({ chunkSize, params: { [constants.ZSTD_d_windowLogMax]: zstdWindowLog } })],
]);

/**
 * Reads `Content-Encoding`.
 *
 * @returns The codings in the order in which they are undone.
 * @throws UrlFetchError `INVALID_RESPONSE` for one that is unknown, or for too many
 */
export function readCodings(header: string | readonly string[] | undefined, most: number): readonly string[] {
  if (header === undefined || header.length === 0) return [];
  const codings = String(header)
    .toLowerCase()
    .split(",")
    .map((coding) => coding.trim())
    .filter((coding) => coding !== "" && coding !== "identity");
  if (codings.length > most) throw undecodable(`The answer has ${codings.length} content codings`);
  const unknown = codings.find((coding) => !decoders.has(coding));
  if (unknown !== undefined) throw undecodable("The answer has a content coding that is not known here");
  return codings.toReversed();
}

/** The decoder of a coding that {@link readCodings} knows. */
export function createDecoder(coding: string): Decoder {
  const create = decoders.get(coding);
  if (create === undefined) throw undecodable("The answer has a content coding that is not known here");
  return create();
}

/** The error for a body that is not what its header says. */
export function undecodable(message: string, cause?: unknown): UrlFetchError {
  return failure("INVALID_RESPONSE", message, { reason: "encoding", cause });
}

/** `deflate` is the zlib format (RFC 9110 section 8.4.1.2), but some servers send the bare stream: the first byte tells. */
class Inflate extends Transform {
  #inner: Decoder | undefined;

  get bytesWritten(): number {
    return this.#inner?.bytesWritten ?? 0;
  }

  override _transform(chunk: Buffer, _encoding: string, callback: TransformCallback): void {
    this.#inner ??= this.#open(
      ((chunk[0] ?? 0) & 0x0f) === 0x08 ? createInflate({ chunkSize }) : createInflateRaw({ chunkSize }),
    );
    if (this.#inner.write(chunk)) callback();
    else this.#inner.once("drain", callback);
  }

  override _flush(callback: TransformCallback): void {
    if (this.#inner === undefined || this.#inner.readableEnded) return callback();
    this.#inner.once("end", callback);
    this.#inner.end();
  }

  override _read(size: number): void {
    this.#inner?.resume();
    super._read(size);
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#inner?.destroy();
    callback(error);
  }

  #open(inner: Decoder): Decoder {
    // Also before it is told to: it ends with its coding, whatever else is written.
    inner.on("end", () => this.push(null));
    inner.on("data", (piece: Buffer) => {
      if (!this.push(piece)) inner.pause();
    });
    inner.on("error", (error) => this.destroy(error));
    return inner;
  }
}
