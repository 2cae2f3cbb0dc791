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
  /** Writes one line, given without its line feed. It is dropped when the reader is gone or the writer is closed. */
  write(line: string): void;
  /** The same; resolves when the operating system has it, and rejects where it would be dropped. */
  send(line: string): Promise<void>;
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

/** Lines that go out with one `write`. */
interface Batch {
  text: string;
  readonly since: number;
  /** Made when somebody wants to know. */
  out: PromiseWithResolvers<void> | undefined;
}

/** Characters that a batch gathers at most before it goes out; beyond that a copy costs more than a system call. */
const maxBatchLength = 65_536;

/** Milliseconds that a line waits at most for others when the turn is a long one: a tool may compute. */
const maxBatchMs = 1;

/**
 * Lines of one turn of the event loop go out together: on a pipe each `write` is a system call, and answers to pipelined
 * requests come in bursts. Node queues writes and keeps their order; this adds the limits and the ends.
 */
export function createLineWriter({
  output,
  write = output.write.bind(output),
  maxBacklogBytes,
  onBackedUp,
  onDrained,
  onGone,
}: LineWriterOptions): LineWriter {
  const underway = new Set<Batch>();
  let batch: Batch | undefined;
  let whenFlushed: (() => void)[] = [];
  let closed: Error | undefined;
  let backedUp = false;

  function end(error: Error): boolean {
    if (closed !== undefined) return false;
    closed = error;
    ignoreLateErrors(output);
    output.off("error", gone).off("close", goneQuietly).off("drain", drained);
    for (const { out } of underway) out?.reject(error);
    underway.clear();
    batch?.out?.reject(error);
    batch = undefined;
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

  function add(line: string): Batch {
    if (batch === undefined) {
      batch = { text: "", since: performance.now(), out: undefined };
      process.nextTick(flush);
    }
    batch.text += `${line}\n`;
    return batch;
  }

  function flushIfDue(): void {
    if (batch === undefined) return;
    if (batch.text.length >= maxBatchLength || performance.now() - batch.since > maxBatchMs) flush();
  }

  function flush(): void {
    if (batch === undefined) return;
    const flushed = batch;
    batch = undefined;
    underway.add(flushed);
    const accepted = write(flushed.text, (error) => {
      if (!underway.delete(flushed)) return;
      if (error) flushed.out?.reject(error);
      else flushed.out?.resolve();
      if (underway.size === 0 && batch === undefined) settleFlushed();
    });
    if (!accepted && !backedUp && output.writableLength > maxBacklogBytes) {
      backedUp = true;
      onBackedUp();
    }
  }

  output.on("error", gone).on("close", goneQuietly).on("drain", drained);

  return {
    write(line) {
      if (closed !== undefined) return;
      add(line);
      flushIfDue();
    },
    send(line) {
      if (closed !== undefined) return Promise.reject(closed);
      const { promise } = (add(line).out ??= Promise.withResolvers<void>());
      flushIfDue();
      return promise;
    },
    flushed() {
      if (closed !== undefined || (batch === undefined && underway.size === 0)) return Promise.resolve();
      const { promise, resolve } = Promise.withResolvers<void>();
      whenFlushed.push(resolve);
      return promise;
    },
    close: () => void end(new Error("The connection is closed")),
  };
}
