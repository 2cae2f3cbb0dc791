import type { Resolver } from "./resolver.ts";

/** Options for {@link queueLookups}. */
export interface LookupQueueOptions {
  /** Names that are looked up at the same time. */
  readonly most: number;
  /** Whether the resolver stops when its signal is aborted. */
  readonly isStoppable: boolean;
}

/**
 * A resolver that is asked a few names at a time. A lookup that nobody waits for any longer gives its place to the next, so
 * that names whose servers say nothing do not hold up the others; unless it cannot be stopped, as those of the system, which
 * run on threads that files share.
 */
export function queueLookups(resolver: Resolver, { most, isStoppable }: LookupQueueOptions): Resolver {
  const line: (() => void)[] = [];
  let running = 0;

  async function takePlace(): Promise<() => void> {
    if (running < most) running += 1;
    // The place is handed over: who comes in between does not get it as well.
    else await new Promise<void>((resolve) => void line.push(resolve));
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      const next = line.shift();
      if (next === undefined) running -= 1;
      else next();
    };
  }

  return async function lookUp(host, { signal }) {
    const leave = await takePlace();
    if (isStoppable) signal.addEventListener("abort", leave, { once: true });
    try {
      return signal.aborted ? [] : await resolver(host, { signal });
    } finally {
      leave();
    }
  };
}
