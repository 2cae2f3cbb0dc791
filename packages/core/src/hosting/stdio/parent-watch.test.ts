import { afterEach, expect, it, vi } from "vitest";
import { watchParent } from "./parent-watch.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function withParent(): { change: () => void } {
  let parent = 100;
  vi.useFakeTimers();
  vi.spyOn(process, "ppid", "get").mockImplementation(() => parent);
  return { change: () => (parent = 1) };
}

it("tells once that the process has another parent", () => {
  const process = withParent();
  const onGone = vi.fn();
  const watch = watchParent(onGone);

  vi.advanceTimersByTime(5_000);
  expect(onGone).not.toHaveBeenCalled();
  process.change();
  vi.advanceTimersByTime(5_000);
  watch.stop();

  expect(onGone).toHaveBeenCalledTimes(1);
});

it("tells nothing after it is stopped, and leaves no timer", () => {
  const process = withParent();
  const onGone = vi.fn();
  const watch = watchParent(onGone);

  watch.stop();
  process.change();
  vi.advanceTimersByTime(5_000);

  expect(onGone).not.toHaveBeenCalled();
  expect(vi.getTimerCount()).toBe(0);
});

it("tells within a moment when it looks closely", () => {
  const process = withParent();
  const onGone = vi.fn();
  const watch = watchParent(onGone);

  watch.lookClosely();
  process.change();
  vi.advanceTimersByTime(25);
  watch.lookClosely();
  vi.advanceTimersByTime(5_000);

  expect(onGone).toHaveBeenCalledTimes(1);
  expect(vi.getTimerCount()).toBe(0);
});
