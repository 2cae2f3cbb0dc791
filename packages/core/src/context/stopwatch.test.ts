import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Stopwatch } from "./stopwatch.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("counts time once in which several waits are open, and none in which none is", async () => {
  const watch = new Stopwatch();
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];

  const waits = [watch.during(() => first.promise), watch.during(() => second.promise)];
  vi.advanceTimersByTime(100);
  const whileOpen = watch.elapsedMs;
  first.resolve();
  await waits[0];
  vi.advanceTimersByTime(50);
  second.reject(new Error("gone"));
  await expect(waits[1]).rejects.toThrow("gone");
  vi.advanceTimersByTime(1_000);

  expect([whileOpen, watch.elapsedMs]).toEqual([100, 150]);
});
