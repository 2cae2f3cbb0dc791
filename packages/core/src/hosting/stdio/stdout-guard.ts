import type { Writable } from "node:stream";
import type { Logger } from "../../context/logger.ts";
import { ignoreLateErrors } from "./line-writer.ts";

/** Call sites that are warned about; what writes from more places than that has been told often enough. */
const maxWarnings = 100;

/** Options for {@link guardStdout}. */
export interface StdoutGuardOptions {
  readonly log: Logger;
  /** @default process.stdout */
  readonly stdout?: Writable;
  /** Takes what is kept from `stdout`. @default process.stderr */
  readonly stderr?: Writable;
}

/** A guarded stdout. */
export interface StdoutGuard {
  /** The protocol's way past the guard. */
  readonly write: Writable["write"];
  /** Gives stdout back. */
  release(): void;
}

/**
 * Keeps stdout for the protocol: what anybody else writes there, `console.log` included, goes to stderr, with one
 * warning per call site. Writes to the file descriptor itself (`fs.writeSync(1, ...)`, native code, a child process
 * that inherits stdout) pass by Node's stream and cannot be caught.
 *
 * Until the release an error on stderr does not end the process either: a client that dies takes both pipes with it.
 */
export function guardStdout({
  log,
  stdout = process.stdout,
  stderr = process.stderr,
}: StdoutGuardOptions): StdoutGuard {
  const own = Object.getOwnPropertyDescriptor(stdout, "write");
  const original = stdout.write.bind(stdout);
  const warned = new Set<string>();
  let released = false;
  let warning = false;

  function warnOnce(): void {
    // A logger that writes to stdout itself comes back here: its line is redirected, and not warned about for ever.
    if (warning || warned.size >= maxWarnings) return;
    const callSite = callSiteBehind(write);
    if (warned.has(callSite)) return;
    warned.add(callSite);
    warning = true;
    try {
      log.warn(
        "Redirected a write from stdout, which belongs to the protocol, to stderr: use ctx.log or console.error",
        {
          callSite,
        },
      );
    } finally {
      warning = false;
    }
  }

  function write(...args: Parameters<Writable["write"]>): boolean {
    if (released) return original(...args);
    warnOnce();
    return stderr.write(...args);
  }

  stdout.write = write as Writable["write"];
  ignoreLateErrors(stderr);

  return {
    write: original,
    release() {
      released = true;
      // Somebody has wrapped the guard meanwhile: it stays beneath, and lets everything through.
      if (stdout.write !== write) return;
      if (own === undefined) delete (stdout as { write?: unknown }).write;
      else Object.defineProperty(stdout, "write", own);
    },
  };
}

/** The first frame, behind the given function, that is not Node's. */
function callSiteBehind(callee: (...args: never) => unknown): string {
  const trace = { stack: "" };
  Error.captureStackTrace(trace, callee);
  const frame = trace.stack
    .split("\n")
    .slice(1)
    .find((line) => !line.includes("node:"));
  return frame?.trim().replace(/^at /, "") ?? "unknown";
}
