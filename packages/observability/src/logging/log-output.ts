/** Where a {@link LineSink} writes. */
export interface LogOutput {
  /** Writes as much as it can, without blocking, and says how many bytes that was; `error` is why it was not all. */
  write(chunk: Buffer, done: (written: number, error: NodeJS.ErrnoException | undefined) => void): void;
  /** Writes before the process ends. @throws what the system says, `EAGAIN` when a slow reader has no room */
  writeSync(chunk: Buffer): number;
  /** Waits, without the event loop, for a write that is under way, and says how many bytes of it are out. */
  settleSync(chunk: Buffer, waitMs: number): number;
  close(): void;
  /** Writes a line that comes after the end, at once. @throws what the system says */
  writeLate(line: string): void;
}

/** Blocks the thread; for the end of a process alone. */
export function pauseSync(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
