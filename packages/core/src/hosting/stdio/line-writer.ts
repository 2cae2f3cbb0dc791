import type { Writable } from "node:stream";

/** Options for {@link createLineWriter}. */
export interface LineWriterOptions {
  readonly output: Writable;
  /** Writes to `output` past whoever replaced its `write`. @default output.write */
  readonly write?: Writable["write"];
  /** Bytes that may wait for a slow reader before {@link LineWriterOptions.onBackedUp}. */
  readonly maxBacklogBytes: number;
  /** The reader is too slow: stop making more. */
  readonly onBackedUp: () => void;
  /** The reader has caught up. */
  readonly onDrained: () => void;
  /** Nobody reads any more; everything that waits has been rejected. */
  readonly onGone: (error: Error) => void;
}

/** Writes whole lines, in order. */
export interface LineWriter {
  /**
   * Writes one line; resolves when the operating system has it. Rejects when the reader is gone or the writer is
   * closed.
   */
  write(line: string): Promise<void>;
  /** Resolves when nothing waits to be written. Never rejects. */
  flushed(): Promise<void>;
  /** Rejects what still waits, and lets go of the stream without ending it. */
  close(): void;
}

/**
 * A stream whose reader is gone may still report it after we have let go, and an error nobody listens to ends the
 * process.
 */
export function ignoreLateErrors(stream: {
  listeners(event: string): unknown[];
  on(event: "error", listener: () => void): unknown;
}): void {
  if (!stream.listeners("error").includes(ignore)) stream.on("error", ignore);
}

function ignore(): void {}

/**
 * Node queues lines and writes them in order, so one `write` per line keeps lines whole; this adds the limits and the
 * ends.
 */
export function createLineWriter({
  output,
  write = output.write.bind(output),
  maxBacklogBytes,
  onBackedUp,
  onDrained,
  onGone,
}: LineWriterOptions): LineWriter {
  const waiting = new Set<(error: Error) => void>();
  let whenFlushed: (() => void)[] = [];
  let closed: Error | undefined;
  let backedUp = false;

  function end(error: Error): boolean {
    if (closed !== undefined) return false;
    closed = error;
    ignoreLateErrors(output);
    output.off("error", gone).off("close", goneQuietly).off("drain", drained);
    for (const reject of waiting) reject(error);
    waiting.clear();
    settleFlushed();
    return true;
  }

  function gone(error: Error): void {
    if (end(error)) onGone(error);
  }

  function goneQuietly(): void {
    gone(new Error("The output stream was closed"));
  }

  function drained(): void {
    if (!backedUp) return;
    backedUp = false;
    onDrained();
  }

  function settleFlushed(): void {
    const resolvers = whenFlushed;
    whenFlushed = [];
    for (const resolve of resolvers) resolve();
  }

  output.on("error", gone).on("close", goneQuietly).on("drain", drained);

  return {
    write(line) {
      if (closed !== undefined) return Promise.reject(closed);
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      waiting.add(reject);
      const accepted = write(line, (error) => {
        if (!waiting.delete(reject)) return;
        if (error) reject(error);
        else resolve();
        if (waiting.size === 0) settleFlushed();
      });
      if (!accepted && !backedUp && output.writableLength > maxBacklogBytes) {
        backedUp = true;
        onBackedUp();
      }
      return promise;
    },
    flushed() {
      if (closed !== undefined || waiting.size === 0) return Promise.resolve();
      const { promise, resolve } = Promise.withResolvers<void>();
      whenFlushed.push(resolve);
      return promise;
    },
    close: () => void end(new Error("The connection is closed")),
  };
}
