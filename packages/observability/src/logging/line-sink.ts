import { pauseSync, type LogOutput } from "./log-output.ts";
import { escapeActing } from "./printable.ts";

/** Characters that are written at once. */
const maxChunk = 65_536;
/**
 * Milliseconds that a line waits for others: a write of its own for each costs a busy server more than all that a call does.
 * What waits is written when the process ends.
 */
const gatherMs = 50;
/**
 * Milliseconds until a slow reader is tried again; more each time that it has taken nothing. A pipe holds one chunk, so one
 * that reads well is waited for once a chunk.
 */
const slowRetryMs = { first: 1, last: 32 } as const;
/** Milliseconds until a write that failed, say because the disk is full, is tried again. */
const failedRetryMs = 500;

/** Options for {@link LineSink}. */
export interface LineSinkOptions {
  readonly output: LogOutput;
  /** Characters that wait at most; lines that come after are dropped and counted. */
  readonly maxBuffered: number;
  /** The line that tells, once lines go out again, how many did not. */
  readonly dropNotice: (dropped: number, reason: string) => string;
}

/**
 * Lines on their way out. Writing one never blocks and never throws: what a slow reader or a full disk leaves no room for
 * is dropped and counted, and the log says so when it goes on.
 *
 * `sonic-boom`, the usual writer, holds a thread while a reader does not read, and never ends a process whose disk is
 * full: it tries to flush for ever.
 */
export class LineSink {
  readonly #options: LineSinkOptions;
  #lines: string[] = [];
  #waiting = 0;
  /** What is being written, or could not be written yet. */
  #chunk: Buffer | undefined;
  #isWriting = false;
  #isEnded = false;
  #isClosed = false;
  #timer: NodeJS.Timeout | undefined;
  #isHurried = false;
  /** Whether the last write failed, so that the next one has its time. */
  #isRefused = false;
  #patienceMs: number = slowRetryMs.first;
  #untold = 0;
  #reason = "too many lines at once";
  #dropped = 0;
  #idle: (() => void)[] = [];

  constructor(options: LineSinkOptions) {
    this.#options = options;
  }

  /** Lines that were dropped so far. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Takes one line, line feed included. */
  write(line: string): void {
    if (this.#isClosed) return this.#writeLate(line);
    if (this.#isEnded || this.#waiting + (this.#chunk?.length ?? 0) + line.length > this.#options.maxBuffered) {
      this.#dropped += 1;
      this.#untold += 1;
      return;
    }
    this.#lines.push(line);
    this.#waiting += line.length;
    if (this.#timer === undefined && !this.#isWriting) this.#timer = setTimeout(this.#start, gatherMs).unref();
    if (this.#waiting >= maxChunk) this.#hurry();
  }

  /** Resolves when all that was written so far is out, given up, or has waited for `mostMs`. */
  flush(mostMs: number): Promise<void> {
    if (this.#isIdle || this.#isEnded) return Promise.resolve();
    this.#hurry();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, mostMs);
      this.#idle.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** Writes what waits, at the end of the process; gives up after `mostMs` of a reader that does not read. */
  flushSync(mostMs: number): void {
    if (this.#isEnded) return;
    try {
      if (this.#isWriting && this.#chunk !== undefined) {
        this.#chunk = this.#chunk.subarray(this.#options.output.settleSync(this.#chunk, mostMs));
      }
      for (let waited = 0; waited < mostMs && this.#next() !== undefined;) waited += this.#writeSync();
    } catch {
      // The process ends; there is nowhere to tell it.
    }
  }

  /** Ends it: lines that come now, such as why a server could not stop, are written at once. */
  close(): void {
    if (this.#isEnded) return;
    this.#end();
    this.#isClosed = true;
    this.#options.output.close();
  }

  readonly #start = (): void => {
    this.#isHurried = false;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const chunk = this.#isEnded || this.#isWriting ? undefined : this.#next();
    if (chunk === undefined) return;
    this.#isWriting = true;
    this.#options.output.write(chunk, this.#finish);
  };

  readonly #finish = (written: number, error: NodeJS.ErrnoException | undefined): void => {
    this.#isWriting = false;
    if (this.#isEnded) return;
    this.#advance(written);
    this.#isRefused = error !== undefined;
    if (error === undefined) {
      this.#patienceMs = slowRetryMs.first;
      this.#tellDropped();
      if (this.#isIdle) for (const tell of this.#idle.splice(0)) tell();
      else this.#hurry();
      return;
    }
    // Nobody will ever read it.
    if (error.code === "EPIPE" || error.code === "EBADF") return this.#end();
    this.#reason = error.code === "EAGAIN" ? "the reader is slow" : `writing failed: ${error.code ?? "unknown"}`;
    this.#timer = setTimeout(this.#start, error.code === "EAGAIN" ? this.#patience(written) : failedRetryMs);
    // At the end of the process there is `flushSync`.
    this.#timer.unref();
  };

  #patience(written: number): number {
    const { first, last } = slowRetryMs;
    return (this.#patienceMs = written > 0 ? first : Math.min(this.#patienceMs * 2, last));
  }

  /** Writes in this turn of the event loop, with what else comes in it. */
  #hurry(): void {
    if (this.#isHurried || this.#isWriting || this.#isRefused) return;
    this.#isHurried = true;
    setImmediate(this.#start);
  }

  get #isIdle(): boolean {
    return this.#lines.length === 0 && this.#chunk === undefined;
  }

  /** Whole lines, as many as are written at once. */
  #next(): Buffer | undefined {
    if (this.#chunk !== undefined) return this.#chunk;
    if (this.#lines.length === 0) return undefined;
    let count = this.#lines.length;
    if (this.#waiting > maxChunk) {
      for (let length = (count = 0); count < this.#lines.length && length < maxChunk; count += 1) {
        length += this.#lines[count]?.length ?? 0;
      }
    }
    const taken = count === this.#lines.length ? this.#lines : this.#lines.slice(0, count);
    this.#lines = count === this.#lines.length ? [] : this.#lines.slice(count);
    const text = taken.join("");
    this.#waiting -= text.length;
    return (this.#chunk = toBytes(text));
  }

  #advance(written: number): void {
    if (this.#chunk === undefined) return;
    this.#chunk = written >= this.#chunk.length ? undefined : this.#chunk.subarray(written);
  }

  #tellDropped(): void {
    if (this.#untold === 0) return;
    const line = this.#options.dropNotice(this.#untold, this.#reason);
    this.#untold = 0;
    this.#reason = "too many lines at once";
    this.#lines.push(line);
    this.#waiting += line.length;
  }

  /** @returns milliseconds that it had to wait */
  #writeSync(): number {
    try {
      this.#advance(this.#options.output.writeSync(this.#next() ?? Buffer.alloc(0)));
      return 0;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      pauseSync(10);
      return 10;
    }
  }

  #writeLate(line: string): void {
    try {
      this.#options.output.writeLate(escapeActing(line));
    } catch {
      this.#dropped += 1;
    }
  }

  #end(): void {
    this.#isEnded = true;
    clearTimeout(this.#timer);
    this.#dropped += this.#lines.length;
    this.#lines = [];
    this.#waiting = 0;
    this.#chunk = undefined;
    for (const tell of this.#idle.splice(0)) tell();
  }
}

/** Text as it goes out, without what acts on a terminal. Most is ASCII, which the number of bytes tells at no cost. */
function toBytes(text: string): Buffer {
  const bytes = Buffer.from(text);
  const isPlain = bytes.length === text.length && !bytes.includes(0x7f);
  return isPlain ? bytes : Buffer.from(escapeActing(text));
}
