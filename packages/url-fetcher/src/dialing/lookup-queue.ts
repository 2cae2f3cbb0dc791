import type { Resolver } from "./resolver.ts";

/**
 * A resolver that is asked a few names at a time. A lookup that nobody waits for any longer keeps its place until it has
 * ended: the system's resolver cannot be stopped, and runs on threads that files share.
 */
export function queueLookups(resolver: Resolver, most: number): Resolver {
  const line: (() => void)[] = [];
  let running = 0;

  function leave(): void {
    running -= 1;
    line.shift()?.();
  }

  return async function lookUp(host, { signal }) {
    if (running >= most) await new Promise<void>((resolve) => void line.push(resolve));
    running += 1;
    try {
      return signal.aborted ? [] : await resolver(host, { signal });
    } finally {
      leave();
    }
  };
}
