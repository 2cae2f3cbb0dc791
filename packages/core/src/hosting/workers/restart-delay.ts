/** Milliseconds before the first restart, and at most before any. */
const firstMs = 1_000;
const mostMs = 30_000;

/**
 * Milliseconds to wait before a worker that has died `deaths` times in a row is replaced: one second, doubled each
 * time up to 30. Up to half of it is taken off at random, so that workers that died together, for example of a database
 * that went away, do not come back together.
 */
export function restartDelay(deaths: number, random: () => number = Math.random): number {
  const longest = Math.min(mostMs, firstMs * 2 ** (deaths - 1));
  return Math.round(longest * (1 - random() / 2));
}
