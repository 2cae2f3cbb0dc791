/** How the run that others wait for has ended: with an answer for all, or without one. */
export type Landing = { readonly text: string } | "cancelled" | "failed" | "late";

/** A call that runs, and the calls that wait for its answer instead of running too. */
export class Flight {
  readonly tags: readonly string[];
  readonly #landing = Promise.withResolvers<Landing>();

  constructor(tags: readonly string[]) {
    this.tags = tags;
  }

  land(landing: Landing): void {
    this.#landing.resolve(landing);
  }

  /** Waits, but no longer than `ms`, and not after the signal aborts: that counts as late. */
  async wait(ms: number, signal: AbortSignal): Promise<Landing> {
    const { promise, resolve } = Promise.withResolvers<Landing>();
    const giveUp = (): void => resolve("late");
    const timer = setTimeout(giveUp, ms);
    signal.addEventListener("abort", giveUp, { once: true });
    if (signal.aborted) giveUp();
    try {
      return await Promise.race([this.#landing.promise, promise]);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", giveUp);
    }
  }
}
