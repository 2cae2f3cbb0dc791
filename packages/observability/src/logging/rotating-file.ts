import {
  appendFileSync,
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  renameSync,
  write,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { assertWholeNumber, KitError, quote } from "@plinth/core";
import { pauseSync, type LogOutput } from "./log-output.ts";

/** A log file that is replaced when it has grown. */
export interface LogFile {
  /** Path of the file; its folder is made. One process writes it: replicas and workers need one each. */
  readonly file: string;
  /** Bytes after which a new file is begun; one may become up to 64 KiB longer. @default 104_857_600 */
  readonly maxBytes?: number;
  /** Files in all: the current one, and older ones as `file.1`, `file.2`. @default 5 */
  readonly maxFiles?: number;
}

/**
 * Opens a file for appending, readable by its owner alone.
 * @throws KitError `MISUSE` when it cannot be opened: a server that cannot log should say so when it starts
 */
export function rotatingFile({ file, maxBytes = 104_857_600, maxFiles = 5 }: LogFile): LogOutput {
  if (typeof file !== "string" || file === "") {
    throw new KitError("MISUSE", `destination.file is ${quote(file)}; use a path such as "/var/log/server.log"`);
  }
  assertWholeNumber("destination.maxBytes", maxBytes, { least: 1_024 });
  assertWholeNumber("destination.maxFiles", maxFiles, { least: 1, most: 1_000 });
  let fd = open(file);
  let size = fstatSync(fd).size;
  let rotateAt = maxBytes;
  let isWriting = false;
  let isClosed = false;

  function rotateBefore(chunk: Buffer): void {
    if (size === 0 || size + chunk.length <= rotateAt) return;
    // Renaming is quick, and happens once in a hundred megabytes: not worth a state in which there is no file.
    const next = openNext(file);
    try {
      if (next === undefined) throw new Error("There is no next file");
      for (let number = maxFiles - 1; number >= 1; number -= 1) {
        renamed(olderFile(file, number - 1), olderFile(file, number));
      }
      renameSync(nextFile(file), file);
      closeSync(fd);
      fd = next;
      size = 0;
      rotateAt = maxBytes;
    } catch {
      // Without a right to the folder the old file grows on, which loses nothing, and it is tried again later.
      if (next !== undefined) closeSync(next);
      rotateAt = size + maxBytes;
    }
  }

  return {
    write(chunk, done) {
      rotateBefore(chunk);
      isWriting = true;
      write(fd, chunk, 0, chunk.length, null, (error, written) => {
        isWriting = false;
        if (isClosed) closeSync(fd);
        if (error === null) size += written;
        done(error === null ? written : 0, error ?? undefined);
      });
    },
    writeSync(chunk) {
      rotateBefore(chunk);
      const written = writeSync(fd, chunk);
      size += written;
      return written;
    },
    settleSync(chunk, waitMs) {
      // The write goes on in a thread of its own, and its callback will not be called any more.
      for (let waited = 0; waited < waitMs && fstatSync(fd).size < size + chunk.length; waited += 5) pauseSync(5);
      const written = Math.max(0, Math.min(chunk.length, fstatSync(fd).size - size));
      size += written;
      return written;
    },
    close() {
      isClosed = true;
      // The number of a file that is closed in the middle of a write may be another file's by the time it is written.
      if (!isWriting) closeSync(fd);
    },
    writeLate: (line) => appendFileSync(file, line, { mode: 0o600 }),
  };
}

/** For appending, and without waiting for the reader of a pipe that the path may name. */
const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NONBLOCK;

function open(file: string): number {
  try {
    mkdirSync(dirname(file), { recursive: true });
    return openSync(file, flags, 0o600);
  } catch (cause) {
    throw new KitError("MISUSE", `The log file ${quote(file)} cannot be opened for writing: ${String(cause)}`, {
      cause,
    });
  }
}

function openNext(file: string): number | undefined {
  try {
    return openSync(nextFile(file), flags | constants.O_TRUNC, 0o600);
  } catch {
    return undefined;
  }
}

function nextFile(file: string): string {
  return `${file}.next`;
}

function olderFile(file: string, number: number): string {
  return number === 0 ? file : `${file}.${number}`;
}

function renamed(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    // Most of them do not exist yet.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
