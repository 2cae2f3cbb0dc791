import type { Transform } from "node:stream";
import { assertWholeNumber } from "../../errors/assert-whole-number.ts";
import { KitError } from "../../errors/kit-error.ts";
import { quote } from "../../errors/quote.ts";
import type { ContentEncoding } from "./accept-encoding.ts";

/** Which answers are compressed, and how. Event streams never are. */
export interface CompressionOptions {
  /** Bytes from which an answer is compressed. @default 16_384 */
  readonly thresholdBytes?: number;
  /** Codings to offer; of those that a client likes equally, it gets the first. @default ["zstd", "br", "gzip"] */
  readonly encodings?: readonly ContentEncoding[];
}

/** {@link CompressionOptions} with every default filled in. */
export type Compression = Required<CompressionOptions>;

/** The cheapest for a server first; measured in docs/decisions/http2-and-compression.md. */
const allEncodings: readonly ContentEncoding[] = ["zstd", "br", "gzip"];

/** Fast levels: the next ones take twice the time for a tenth fewer bytes. zstd's default is one already. */
const gzipLevel = 1;
const brotliQuality = 1;

/**
 * About what a new connection carries in its first round trip (RFC 6928, 10 segments): fewer bytes would not come
 * sooner.
 */
const defaultThresholdBytes = 16 * 1024;

/** Fills in defaults; `undefined` compresses nothing. @throws KitError `MISUSE` quoting a value that cannot be */
export function resolveCompression(options: CompressionOptions | false = {}): Compression | undefined {
  if (options === false) return undefined;
  const { thresholdBytes = defaultThresholdBytes, encodings = allEncodings } = options;
  assertWholeNumber("thresholdBytes", thresholdBytes, { least: 1 });
  for (const encoding of encodings) {
    if (!allEncodings.includes(encoding)) {
      throw new KitError(
        "MISUSE",
        `encodings: ${quote(encoding)} is not known; choose of ${allEncodings.join(", ")}, or pass compression: false`,
      );
    }
  }
  return { thresholdBytes, encodings };
}

/** Media types that are text and no event stream. */
const compressibleType =
  /^(?:text\/(?!event-stream)|application\/(?:[\w.-]+\+)?(?:json|xml)|application\/(?:javascript|x-ndjson)|image\/svg\+xml)/i;

/** The value of an answer's header, by its lower-case name. */
type HeaderReader = (name: string) => string | undefined;

/**
 * Whether an answer may be sent in another coding. Not if it has one already, if its headers speak of its very bytes (a
 * part of it, a digest, a strong `ETag`; RFC 9110 section 8.8.1, RFC 9530), or if it says `no-transform` (RFC 9111
 * section 5.2.2.6).
 */
export function isCompressible(header: HeaderReader): boolean {
  return (
    compressibleType.test(header("content-type") ?? "") &&
    header("content-encoding") === undefined &&
    header("content-range") === undefined &&
    header("content-digest") === undefined &&
    header("etag")?.startsWith('"') !== true &&
    header("cache-control")?.includes("no-transform") !== true
  );
}

/** A `Vary` header with what others vary by, and `Accept-Encoding` (RFC 9110 section 12.5.5). */
export function varyByEncoding(...others: readonly (number | string | readonly string[] | undefined)[]): string {
  return [...others.flat(), "Accept-Encoding"].filter((names) => names !== undefined && names !== "").join(", ");
}

/** Compresses a whole body, off the event loop. */
export async function compress(encoding: ContentEncoding, body: Buffer): Promise<Buffer> {
  const { brotliCompress, constants, gzip, zstdCompress } = await import("node:zlib");
  // By default every 16 KiB of output would come back to the event loop.
  const chunkSize = Math.max(16 * 1024, body.length >> 1);
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, compressed: Buffer): void => {
      if (error === null) resolve(compressed);
      else reject(error);
    };
    if (encoding === "zstd") zstdCompress(body, { chunkSize }, done);
    else if (encoding === "gzip") gzip(body, { chunkSize, level: gzipLevel }, done);
    else brotliCompress(body, { chunkSize, params: { [constants.BROTLI_PARAM_QUALITY]: brotliQuality } }, done);
  });
}

/** Compresses a body piece by piece; each piece leaves at once. */
export async function createCompressor(encoding: ContentEncoding): Promise<Transform> {
  const { constants, createBrotliCompress, createGzip, createZstdCompress } = await import("node:zlib");
  if (encoding === "zstd") return createZstdCompress({ flush: constants.ZSTD_e_flush });
  if (encoding === "gzip") return createGzip({ flush: constants.Z_SYNC_FLUSH, level: gzipLevel });
  return createBrotliCompress({
    flush: constants.BROTLI_OPERATION_FLUSH,
    params: { [constants.BROTLI_PARAM_QUALITY]: brotliQuality },
  });
}
