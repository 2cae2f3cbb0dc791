import { CodeExecutorError } from "../code-executor-error.ts";

/** A turn that was given; `release` hands it to the next. */
export interface Turn {
  release(): void;
}

/** At most so many at once, and at most so many who wait, first come first served. */
export class Turns {
  readonly #most: number;
  readonly #mostWaiting: number;
  #taken = 0;
  readonly #waiting = new Set<(turn: Turn) => void>();

  constructor(most: number, mostWaiting: number) {
    this.#most = most;
    this.#mostWaiting = mostWaiting;
  }

  /** How many are taken. */
  get taken(): number {
    return this.#taken;
  }

  /**
   * @returns `undefined` when the signal was aborted before a turn was free
   * @throws CodeExecutorError `busy` when too many wait
   */
  async take(signal: AbortSignal): Promise<Turn | undefined> {
    if (signal.aborted) return undefined;
    if (this.#taken < this.#most) return this.#give();
    if (this.#waiting.size >= this.#mostWaiting) {
      throw new CodeExecutorError(
        "busy",
        `${this.#taken} programs run and ${this.#waiting.size} wait; try again later, or widen pool.concurrency or pool.queue.`,
      );
    }
    return await new Promise((resolve) => {
      const proceed = (turn: Turn): void => {
        signal.removeEventListener("abort", leave);
        resolve(turn);
      };
      const leave = (): void => {
        this.#waiting.delete(proceed);
        resolve(undefined);
      };
      this.#waiting.add(proceed);
      signal.addEventListener("abort", leave, { once: true });
    });
  }

  #give(): Turn {
    this.#taken += 1;
    let released = false;
    return {
      release: () => {
        if (released) return;
        released = true;
        this.#taken -= 1;
        const [next] = this.#waiting;
        if (next === undefined) return;
        this.#waiting.delete(next);
        next(this.#give());
      },
    };
  }
}
