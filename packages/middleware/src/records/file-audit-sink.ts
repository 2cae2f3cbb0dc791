import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { open, readdir, rename, stat, type FileHandle } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { assertOneOf, assertWholeNumber, longestTimerMs, toError } from "@plinth/core";
import type { AuditSink, AuditTail } from "./audit-sink.ts";

/** Options for {@link fileAuditSink}. */
export interface FileAuditSinkOptions {
  /** The file; readable by its owner alone. One process writes it: give each its own. */
  readonly path: string;
  /** Bytes from which on a file is put aside as `<path>.000001` and so on, and a new one begun. @default 64 MiB */
  readonly maxBytes?: number;
  /** When lines are pressed to the disk: with each write, every `fsyncMs`, or when the system likes. @default "interval" */
  readonly fsync?: "always" | "interval" | "never";
  /** @default 1_000 */
  readonly fsyncMs?: number;
}

/** The longest line that is looked for when a log is continued. */
const longestLine = 16 * 1024 * 1024;

/**
 * Audit lines in a file. The chain goes on across restarts and files. A write that fails half-way is taken back before it is
 * tried again; what a crash has torn is taken out and reported.
 *
 * @throws KitError `MISUSE` when made with what cannot be
 */
export function fileAuditSink(options: FileAuditSinkOptions): AuditSink {
  const { path, maxBytes = 64 * 1024 * 1024, fsync = "interval", fsyncMs = 1_000 } = options;
  assertWholeNumber("maxBytes", maxBytes, { least: 1 });
  assertOneOf("fsync", fsync, ["always", "interval", "never"]);
  assertWholeNumber("fsyncMs", fsyncMs, { least: 1, most: longestTimerMs });
  let file: FileHandle | undefined;
  let inode = 0;
  let size = 0;
  /** Whether a write began that did not end well: what stands behind `size` is its rest. */
  let isDirty = false;
  let timer: NodeJS.Timeout | undefined;
  /** Why lines that were written may not be on the disk: for the next write to fail with. */
  let syncProblem: unknown;

  async function reopen(): Promise<FileHandle> {
    // No following of links: who may place one must not choose where the log goes.
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_APPEND | (constants.O_NOFOLLOW ?? 0);
    const opened = await open(path, flags, 0o600);
    try {
      const found = await opened.stat();
      if (isDirty && found.ino === inode && found.size > size) await opened.truncate(size);
      else size = found.size;
      inode = found.ino;
      isDirty = false;
      return (file = opened);
    } catch (error) {
      await opened.close();
      throw error;
    }
  }

  /** Two writers would break the chain, and lines in a file that has no name any more are lost. */
  async function assertOurs(handle: FileHandle): Promise<void> {
    const [own, named] = await Promise.all([handle.stat(), stat(path)]);
    if (own.size !== size || named.ino !== inode) {
      throw new Error(`${path} was changed or moved by somebody else; each process needs an audit file of its own`);
    }
  }

  async function putAside(handle: FileHandle): Promise<FileHandle> {
    if (fsync !== "never") await handle.datasync();
    const number = ((await rotatedFiles(path)).at(-1)?.number ?? 0) + 1;
    await rename(path, `${path}.${String(number).padStart(6, "0")}`);
    await handle.close();
    file = undefined;
    return reopen();
  }

  async function drop(): Promise<void> {
    const handle = file;
    file = undefined;
    try {
      if (isDirty) await handle?.truncate(size);
      isDirty = false;
    } catch {
      // Then it is tried again with the next opening.
    }
    await handle?.close().catch(() => undefined);
  }

  return {
    async open(): Promise<AuditTail> {
      const handle = await reopen();
      const tail = await readTail(handle, size);
      if (tail.torn !== undefined) await handle.truncate((size -= tail.torn.bytes));
      if (tail.lastLine !== undefined) return tail;
      const before = (await rotatedFiles(path)).at(-1);
      if (before === undefined) return tail;
      const previous = await open(before.path, "r");
      try {
        const { lastLine } = await readTail(previous, (await previous.stat()).size);
        return { lastLine, torn: tail.torn };
      } finally {
        await previous.close();
      }
    },
    async write(lines) {
      const bytes = Buffer.from(`${lines.join("\n")}\n`);
      try {
        throwSyncProblem();
        let handle = file ?? (await reopen());
        await assertOurs(handle);
        if (size >= maxBytes) handle = await putAside(handle);
        isDirty = true;
        await handle.appendFile(bytes);
        if (fsync === "always") await handle.datasync();
        isDirty = false;
        size += bytes.length;
        if (fsync === "interval") timer ??= setTimeout(() => void sync(), fsyncMs).unref();
      } catch (error) {
        await drop();
        throw error;
      }
    },
    async close() {
      clearTimeout(timer);
      try {
        if (fsync !== "never") await file?.datasync();
      } finally {
        await file?.close();
        file = undefined;
      }
    },
  };

  async function sync(): Promise<void> {
    timer = undefined;
    await file?.datasync().catch((error: unknown) => {
      syncProblem = error;
    });
  }

  function throwSyncProblem(): void {
    const problem = syncProblem;
    syncProblem = undefined;
    if (problem !== undefined) throw toError(problem);
  }
}

/** The files that were put aside, the oldest first. */
export async function rotatedFiles(
  path: string,
): Promise<readonly { readonly number: number; readonly path: string }[]> {
  const folder = dirname(path);
  const start = `${basename(path)}.`;
  const names = (await readdir(folder)).filter(
    (name) => name.startsWith(start) && /^\d{6,9}$/.test(name.slice(start.length)),
  );
  return names
    .map((name) => ({ number: Number(name.slice(start.length)), path: join(folder, name) }))
    .toSorted((a, b) => a.number - b.number);
}

/** The last whole line of a file, and what stands behind it. */
async function readTail(handle: FileHandle, size: number): Promise<AuditTail> {
  for (let length = 64 * 1024; ; length *= 4) {
    const start = Math.max(0, size - length);
    const bytes = Buffer.alloc(size - start);
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
    const text = bytes.subarray(0, bytesRead);
    const end = text.lastIndexOf(0x0a);
    const before = end <= 0 ? -1 : text.lastIndexOf(0x0a, end - 1);
    if (before === -1 && start > 0 && length < longestLine) continue;
    const rest = text.subarray(end + 1);
    const torn =
      rest.length === 0 ? undefined : { bytes: rest.length, sha256: createHash("sha256").update(rest).digest("hex") };
    return { lastLine: end === -1 ? undefined : text.toString("utf8", before + 1, end), torn };
  }
}
