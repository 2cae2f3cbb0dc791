import { changeTimes } from "../directories/file-calls.ts";

// For all roots of the process: two of them may lead to one file.
let latest = 0;

/**
 * Gives a file that was just written a modification time that no other write of this process has. The kernel's clock
 * ticks every few milliseconds, and a file number is used again as soon as it is free: without this, the third version
 * of a file could look like the first.
 */
export async function stampUnique(descriptor: number): Promise<void> {
  // In microseconds: a double holds seconds since 1970 to a quarter of one.
  latest = Math.max(latest + 1, Math.floor((performance.timeOrigin + performance.now()) * 1000));
  await changeTimes(descriptor, latest / 1_000_000, latest / 1_000_000);
}
