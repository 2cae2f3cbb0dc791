import { quote } from "../errors/quote.ts";
import type { Slots } from "../limits/slots.ts";

/** What can be written: text becomes UTF-8, a stream is written as it comes. */
export type FileContent = string | Uint8Array | AsyncIterable<string | Uint8Array>;

/** An error of the stream that somebody gave us to write. It is theirs and is thrown to them as it is. */
export class ContentFailure extends Error {
  override readonly name: string = "ContentFailure";
  readonly reason: unknown;

  constructor(reason: unknown) {
    super("The content could not be read");
    this.reason = reason;
  }
}

/** Options for {@link toContent}. */
interface ContentOptions {
  readonly slots: Slots;
  readonly signal: AbortSignal | undefined;
}

/** @throws TypeError for what is neither text, bytes nor a stream of them */
export function toContent(
  data: FileContent,
  options: ContentOptions,
): { readonly chunks: AsyncIterable<Uint8Array>; readonly length: number } {
  if (typeof data === "object" && data !== null && Symbol.asyncIterator in data) {
    return { chunks: encode(data, options), length: 0 };
  }
  const bytes = toBytes(data);
  return { chunks: once(bytes), length: bytes.byteLength };
}

/** @throws TypeError for what is neither text nor bytes */
export function toBytes(data: string | Uint8Array): Uint8Array {
  if (typeof data === "string") return Buffer.from(data);
  if (data instanceof Uint8Array) return data;
  throw new TypeError(`The content is ${quote(data)}; give a string or bytes`);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function* encode(
  source: AsyncIterable<string | Uint8Array>,
  { slots, signal }: ContentOptions,
): AsyncGenerator<Uint8Array> {
  let iterator: AsyncIterator<string | Uint8Array> | undefined;
  try {
    const from = source[Symbol.asyncIterator]();
    iterator = from;
    for (;;) {
      // The source may be a stream of this root, which needs a slot for itself.
      const next = await slots.without(() => nextOrAbort(from, signal));
      if (next.done === true) {
        iterator = undefined;
        return;
      }
      yield toBytes(next.value);
    }
  } catch (error) {
    throw new ContentFailure(error);
  } finally {
    // Not awaited: a source that never answers must not keep the slot.
    if (iterator !== undefined) void giveUp(iterator);
  }
}

/** Tells a source that no more is wanted, so that it can close what it holds. What it says to that is of no interest. */
async function giveUp(iterator: AsyncIterator<unknown>): Promise<void> {
  try {
    await iterator.return?.();
  } catch {
    // It was about to fail anyway, or has failed already.
  }
}

function nextOrAbort<Chunk>(
  iterator: AsyncIterator<Chunk>,
  signal: AbortSignal | undefined,
): Promise<IteratorResult<Chunk>> {
  if (signal === undefined) return iterator.next();
  const { promise, resolve, reject } = Promise.withResolvers<IteratorResult<Chunk>>();
  const onAbort = (): void => reject(signal.reason as Error);
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  iterator.next().then(resolve, reject);
  return promise.finally(() => signal.removeEventListener("abort", onAbort));
}
