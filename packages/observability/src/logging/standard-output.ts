import { writeSync } from "node:fs";
import type { LogOutput } from "./log-output.ts";

/** Bytes that are written in one turn of the event loop at most. */
const maxTurn = 262_144;

/**
 * Standard error or output. Node makes both non-blocking on POSIX systems once their stream has been looked at, so a reader
 * that does not read costs nothing here: a write that blocked would hold a thread, and keep the process from ending.
 */
export function standardOutput(name: "stderr" | "stdout"): LogOutput {
  const fd = name === "stdout" ? 1 : 2;
  // An error of the stream is somebody else's write, such as that of `console.error`, to a reader that has gone.
  void (name === "stdout" ? process.stdout : process.stderr).writable;
  return {
    write(chunk, done) {
      let written = 0;
      try {
        while (written < chunk.length && written < maxTurn) written += writeSync(fd, chunk, written);
        done(written, undefined);
      } catch (error) {
        done(written, error as NodeJS.ErrnoException);
      }
    },
    writeSync: (chunk) => writeSync(fd, chunk),
    settleSync: () => 0,
    close: () => undefined,
    writeLate: (line) => void writeSync(fd, line),
  };
}
