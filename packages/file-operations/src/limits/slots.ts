import { FileError } from "../errors/file-error.ts";

/** Options for {@link Slots}. */
export interface SlotsOptions {
  /** How many run at the same time. */
  readonly running: number;
  /** How many wait at the same time. */
  readonly waiting: number;
}

/** Lets a number of operations run at the same time; others wait, first come, first served. */
export class Slots {
  readonly #options: SlotsOptions;
  readonly #queue = new Set<() => void>();
  #running = 0;

  constructor(options: SlotsOptions) {
    this.#options = options;
  }

  /**
   * Runs an operation when it is its turn.
   * @throws FileError `busy` when too many wait; the signal's reason when it aborts while this one waits
   */
  async run<Result>(operation: () => Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
    signal?.throwIfAborted();
    if (this.#running >= this.#options.running) await this.#turn(signal);
    else this.#running += 1;
    try {
      return await operation();
    } finally {
      this.#next();
    }
  }

  /** Gives its place up while something runs that may need one itself, and takes one again when that has ended. */
  async without<Result>(pause: () => Promise<Result>): Promise<Result> {
    this.#next();
    try {
      return await pause();
    } finally {
      if (this.#running >= this.#options.running) await new Promise<void>((resolve) => this.#queue.add(resolve));
      else this.#running += 1;
    }
  }

  /** Resolves once the place of one that has finished is handed over, so that nobody else can take it in between. */
  #turn(signal: AbortSignal | undefined): Promise<void> {
    if (this.#queue.size >= this.#options.waiting) {
      throw new FileError("busy", `More than ${this.#options.waiting} operations wait for this root; try again later`);
    }
    return new Promise((resolve, reject) => {
      const start = (): void => {
        signal?.removeEventListener("abort", giveUp);
        resolve();
      };
      const giveUp = (): void => {
        this.#queue.delete(start);
        reject(signal?.reason as Error);
      };
      signal?.addEventListener("abort", giveUp, { once: true });
      this.#queue.add(start);
    });
  }

  #next(): void {
    const [start] = this.#queue;
    if (start === undefined) {
      this.#running -= 1;
      return;
    }
    this.#queue.delete(start);
    start();
  }
}
