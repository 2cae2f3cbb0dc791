import { closeSync } from "node:fs";
import { readInto } from "../directories/file-calls.ts";
import { quote } from "../errors/quote.ts";
import type { OperationRunner, Request } from "../operation-runner.ts";
import type { ParsedPath } from "../paths/parse-path.ts";
import type { RootContext } from "../root-context.ts";
import { assertFits, openFile } from "./open-file.ts";

const chunkBytes = 64 * 1024;

/** Which part of a file, as positions in bytes. */
export interface ByteRange {
  /** @default 0 */
  readonly start?: number | undefined;
  /** The first byte that is not wanted. @default the size of the file when it is opened */
  readonly end?: number | undefined;
}

/** A part of an open file, chunk by chunk. */
export class ByteSource {
  readonly #descriptor: number;
  readonly #end: number;
  #at: number;
  #reading: Promise<unknown> | undefined;
  #isClosed = false;

  constructor(descriptor: number, { start, end }: { readonly start: number; readonly end: number }) {
    this.#descriptor = descriptor;
    this.#at = start;
    this.#end = end;
  }

  /** The next chunk; undefined at the end, and when it was closed. Must not be called before the last one has come. */
  async next(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const wanted = Math.min(chunkBytes, this.#end - this.#at);
    if (wanted <= 0 || this.#isClosed) return undefined;
    const chunk = new Uint8Array(wanted);
    const reading = readInto(this.#descriptor, chunk, 0, wanted, this.#at);
    this.#reading = reading.catch(() => undefined);
    const { bytesRead } = await reading;
    this.#at += bytesRead;
    return bytesRead === 0 ? undefined : chunk.subarray(0, bytesRead);
  }

  /** Waits for a read under way: its descriptor could be another file's by the time it is carried out. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#reading;
    closeSync(this.#descriptor);
  }
}

/** Opens a file to be read in chunks. What is added to it afterwards is not read, so a growing file has an end. */
export async function openSource(context: RootContext, path: ParsedPath, range: ByteRange): Promise<ByteSource> {
  const start = assertPosition("start", range.start ?? 0);
  const wantedEnd = range.end === undefined ? Infinity : assertPosition("end", range.end);
  const { descriptor, stats } = await openFile(context, path, Infinity);
  const source = new ByteSource(descriptor, { start, end: Math.min(Number(stats.size), wantedEnd) });
  try {
    assertFits(Math.min(Number(stats.size), wantedEnd) - start, { most: context.limits.streamBytes, path });
  } catch (error) {
    await source.close();
    throw error;
  }
  return source;
}

/** Options for {@link openStream}. */
export interface OpenStreamOptions {
  readonly runner: OperationRunner;
  readonly request: Request;
  readonly range: ByteRange;
}

/** The same as a web stream. It reads when it is asked to, and keeps the file open until it is read, cancelled or closed. */
export async function openStream(
  context: RootContext,
  { runner, request, range }: OpenStreamOptions,
): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const source = await runner.read(request, async (path) => {
    const opened = await openSource(context, path, range);
    try {
      runner.hold(opened);
    } catch (error) {
      await opened.close();
      throw error;
    }
    return opened;
  });
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        try {
          const chunk = await runner.continue(request, () => source.next());
          if (chunk !== undefined) return controller.enqueue(chunk);
          await runner.release(source);
          return controller.close();
        } catch (error) {
          await runner.release(source);
          throw error;
        }
      },
      cancel: () => runner.release(source),
    },
    { highWaterMark: 0 },
  );
}

function assertPosition(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new TypeError(`${name} is ${quote(value)}; it must be a whole number of at least 0`);
}
