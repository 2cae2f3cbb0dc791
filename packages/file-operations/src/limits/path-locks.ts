import type { Place } from "../directories/place.ts";
import { foldCase } from "../paths/fold-case.ts";

/** One change at a time for each key; changes of other keys are not held up. */
export class PathLocks {
  readonly #last = new Map<string, Promise<void>>();

  /** Runs `change` when all that were asked for before it, with one of the same keys, have ended. */
  async run<Result>(keys: readonly string[], change: () => Promise<Result>): Promise<Result> {
    const before = keys.map(async (key) => this.#last.get(key));
    const { promise, resolve: release } = Promise.withResolvers<void>();
    // All keys are taken in one go, so two changes never wait for each other.
    for (const key of keys) this.#last.set(key, promise);
    try {
      await Promise.all(before);
      return await change();
    } finally {
      for (const key of keys) if (this.#last.get(key) === promise) this.#last.delete(key);
      release();
    }
  }
}

/** What the lock of a file is called: by the identity of its directory, so that two paths to it share one. */
export function lockKey({ stats: { dev, ino } }: Place, name: string): string {
  return `${dev}:${ino}:${foldCase(name)}`;
}
