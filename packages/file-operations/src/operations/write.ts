import { closeSync } from "node:fs";
import { readInto } from "../directories/file-calls.ts";
import type { Place } from "../directories/place.ts";
import type { ParsedPath } from "../paths/parse-path.ts";
import type { RootContext } from "../root-context.ts";
import { type FileContent, toContent, toBytes } from "../writing/file-content.ts";
import { replaceFile, type WriteCondition } from "../writing/replace-file.ts";
import { openFile } from "./open-file.ts";
import type { FileInfo } from "./stat.ts";

const chunkBytes = 256 * 1024;

interface WriteInput<Data> extends WriteCondition {
  readonly data: Data;
  readonly signal: AbortSignal | undefined;
}

/** The content as the file, whatever was there. */
export async function writeFile(
  context: RootContext,
  path: ParsedPath,
  { data, ...options }: WriteInput<FileContent>,
): Promise<FileInfo> {
  const { chunks, length } = toContent(data, { slots: context.slots, signal: options.signal });
  return replaceFile(context, path, { ...options, length, content: () => chunks });
}

/** The old content and the new, as one new file. */
export async function appendFile(
  context: RootContext,
  path: ParsedPath,
  { data, ...options }: WriteInput<string | Uint8Array>,
): Promise<FileInfo> {
  const bytes = toBytes(data);
  return replaceFile(context, path, {
    ...options,
    length: bytes.byteLength,
    dependsOnOld: true,
    async *content(old) {
      if (old !== undefined) yield* oldChunks(context, old);
      yield bytes;
    },
  });
}

/** One file's content as another file. */
export async function copyFile(
  context: RootContext,
  from: ParsedPath,
  { to, ...options }: WriteCondition & { readonly to: ParsedPath; readonly signal: AbortSignal | undefined },
): Promise<FileInfo> {
  const { descriptor, stats } = await openFile(context, from, context.limits.writeBytes);
  try {
    const length = Number(stats.size);
    return await replaceFile(context, to, { ...options, length, content: () => chunksOf(descriptor, length) });
  } finally {
    closeSync(descriptor);
  }
}

async function* oldChunks(context: RootContext, old: Place): AsyncGenerator<Uint8Array> {
  const descriptor = await context.tree.backend.openForReading(old);
  try {
    yield* chunksOf(descriptor, Number(old.stats.size));
  } finally {
    closeSync(descriptor);
  }
}

/** The first `length` bytes of an open file. Each chunk is used up before the next is read, so they share one buffer. */
async function* chunksOf(descriptor: number, length: number): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(Math.min(chunkBytes, length));
  for (let at = 0; at < length;) {
    const { bytesRead } = await readInto(descriptor, buffer, 0, Math.min(buffer.length, length - at), at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
