import { abortable } from "../async/abortable.ts";
import { KitError } from "../errors/kit-error.ts";

/** A piece of a stream. */
export type Chunk = string | Uint8Array;

/** Options for {@link readBounded}. */
export interface ReadBoundedOptions {
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  /** Makes the error for a stream that goes on beyond `maxBytes`. */
  readonly tooLarge: () => Error;
}

/**
 * Reads a stream whole: text if every chunk is, otherwise bytes, with text in UTF-8. When it is too long or the signal
 * aborts, the stream is told to stop, so that its file or socket is freed.
 *
 * @throws what `tooLarge` makes; KitError `INVALID_OUTPUT` for a chunk that is neither text nor bytes; the signal's
 * reason, or KitError `CANCELLED`; whatever the stream throws
 */
export async function readBounded(
  stream: AsyncIterable<Chunk>,
  { maxBytes, signal, tooLarge }: ReadBoundedOptions,
): Promise<Chunk> {
  const chunks: Chunk[] = [];
  let size = 0;
  const iterator = stream[Symbol.asyncIterator]();
  try {
    for (;;) {
      // A stream that has stalled must not hold the call beyond its cancellation.
      const { done, value } = await abortable(() => iterator.next(), signal);
      if (done === true) break;
      if (typeof value !== "string" && !(value instanceof Uint8Array)) throw notAChunk(value);
      size += typeof value === "string" ? Buffer.byteLength(value) : value.byteLength;
      if (size > maxBytes) throw tooLarge();
      chunks.push(value);
    }
  } catch (error) {
    // Not awaited: a stalled generator answers `return` only when its own wait ends.
    iterator.return?.().then(undefined, () => undefined);
    throw error;
  }
  return chunks.every((chunk) => typeof chunk === "string")
    ? chunks.join("")
    : Buffer.concat(chunks.map((chunk) => (typeof chunk === "string" ? Buffer.from(chunk) : chunk)));
}

/** Its size is unknown, so no limit would hold for it. */
function notAChunk(value: unknown): KitError {
  return new KitError("INVALID_OUTPUT", `The stream of a read yielded a ${typeof value}; yield text or bytes`);
}
