/** Adds up the time in which at least one of several waits is open. */
export class Stopwatch {
  #open = 0;
  #since = 0;
  #total = 0;

  /** Milliseconds so far, those of an open wait included. */
  get elapsedMs(): number {
    return this.#total + (this.#open === 0 ? 0 : performance.now() - this.#since);
  }

  /** Counts the time until `work` has settled. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    if (this.#open === 0) this.#since = performance.now();
    this.#open += 1;
    try {
      return await work();
    } finally {
      this.#open -= 1;
      if (this.#open === 0) this.#total += performance.now() - this.#since;
    }
  }
}
