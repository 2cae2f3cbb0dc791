import type { Awaitable } from "@plinth/core";

/** Where an audit log was left by the process before. */
export interface AuditTail {
  /** The last whole line; `undefined` when there is none. */
  readonly lastLine: string | undefined;
  /** What a crash left of a line that was being written. It is no longer there. */
  readonly torn: { readonly bytes: number; readonly sha256: string } | undefined;
}

/** Where the lines of an audit log go. One call at a time. */
export interface AuditSink {
  /** Gets ready, and tells where to go on. A sink that cannot read what it wrote tells nothing, and a new chain begins. */
  open(): Awaitable<AuditTail | undefined>;
  /**
   * Writes lines, which have no line break in them, in order. When it throws or rejects, none of them are there, and they
   * come again.
   */
  write(lines: readonly string[]): Awaitable<void>;
  close?(): Awaitable<void>;
}

/** Lines on standard error, for a collector that keeps them. Each process begins a chain of its own. */
export function stderrAuditSink(): AuditSink {
  return {
    open: () => undefined,
    write: (lines) =>
      new Promise((resolve, reject) => {
        process.stderr.write(`${lines.join("\n")}\n`, (error) => (error ? reject(error) : resolve()));
      }),
  };
}

/** Lines for a function of your own. Each process begins a chain of its own. */
export function callbackAuditSink(write: (lines: readonly string[]) => Awaitable<void>): AuditSink {
  return { open: () => undefined, write };
}
