import { closeSync } from "node:fs";
import { readInto } from "../directories/file-calls.ts";
import { FileError } from "../errors/file-error.ts";
import { printablePath } from "../errors/printable-path.ts";
import type { ParsedPath } from "../paths/parse-path.ts";
import type { RootContext } from "../root-context.ts";
import { openFile } from "./open-file.ts";

/** One call of the operating system reads this much; between two of them a read can be aborted. */
const chunkBytes = 4 * 1024 * 1024;

/** What the file held when it was opened: what is added while it is read is not read. */
export async function readBytes(
  context: RootContext,
  path: ParsedPath,
  signal: AbortSignal | undefined,
): Promise<Buffer<ArrayBuffer>> {
  const { descriptor, stats } = await openFile(context, path, context.limits.readBytes);
  try {
    const size = Number(stats.size);
    // Zeroed, and never from Node's shared pool: who is given the whole buffer behind it finds nothing else in it.
    const bytes = Buffer.from(new ArrayBuffer(size));
    let filled = 0;
    while (filled < size) {
      signal?.throwIfAborted();
      const wanted = Math.min(chunkBytes, size - filled);
      const { bytesRead } = await readInto(descriptor, bytes, filled, wanted, filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  } finally {
    closeSync(descriptor);
  }
}

/** @throws FileError `not-text` for what is not UTF-8 */
export function decodeText(bytes: Uint8Array, path: ParsedPath): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const explanation = `"${printablePath(path.text)}" is not UTF-8 text; read its bytes`;
    throw new FileError("not-text", explanation, { path: path.text });
  }
}
