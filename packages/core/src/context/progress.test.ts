import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ProgressReporter } from "./progress.ts";

describe("ProgressReporter", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function recording(intervalMs = 20): { sent: Record<string, unknown>[]; reporter: ProgressReporter } {
    const sent: Record<string, unknown>[] = [];
    return { sent, reporter: new ProgressReporter("token", intervalMs, async (params) => void sent.push(params)) };
  }

  it("sends the first report at once and thins out a burst to the latest", async () => {
    const { sent, reporter } = recording();

    for (let done = 1; done <= 1000; done += 1) reporter.report(done, 1000);
    vi.advanceTimersByTime(20);

    expect(sent.map(({ progress }) => progress)).toStrictEqual([1, 1000]);
  });

  it("always delivers the last report before it finishes, and nothing after", async () => {
    const { sent, reporter } = recording();

    reporter.report(1);
    reporter.report(2, 2, "done");
    await reporter.finish();
    reporter.report(3);
    vi.advanceTimersByTime(1000);

    expect(sent).toStrictEqual([
      { progressToken: "token", progress: 1 },
      { progressToken: "token", progress: 2, total: 2, message: "done" },
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("drops reports that do not grow, and NaN", async () => {
    const { sent, reporter } = recording(0);

    for (const done of [5, 5, 4, Number.NaN, 6]) reporter.report(done);
    await reporter.finish();

    expect(sent.map(({ progress }) => progress)).toStrictEqual([5, 6]);
  });

  it("survives a transport that fails", async () => {
    const reporter = new ProgressReporter(1, 0, async () => {
      throw new Error("gone");
    });

    reporter.report(1);

    await expect(reporter.finish()).resolves.toBeUndefined();
  });
});
