import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { LineSink } from "./line-sink.ts";
import type { LogOutput } from "./log-output.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setImmediate"] }));
afterEach(() => void vi.useRealTimers());

/** An output that fails as it is told to, and keeps what it took. */
function scriptedOutput() {
  const script = { error: undefined as string | undefined, room: Infinity, text: "", closed: false };
  const take = (chunk: Buffer): number => {
    const part = chunk.subarray(0, script.room);
    script.text += part.toString("utf8");
    return part.length;
  };
  const failure = () =>
    script.error === undefined ? undefined : Object.assign(new Error("no"), { code: script.error });
  const output: LogOutput = {
    write: (chunk, done) => (failure() === undefined ? done(take(chunk), undefined) : done(0, failure())),
    writeSync: (chunk) => {
      const error = failure();
      if (error !== undefined) throw error;
      return take(chunk);
    },
    settleSync: () => 0,
    close: () => void (script.closed = true),
    writeLate: (line) => {
      if (script.error !== undefined) throw new Error("no");
      script.text += line;
    },
  };
  const dropNotice = (dropped: number, reason: string) => `dropped ${dropped}: ${reason}\n`;
  return { script, sink: new LineSink({ output, maxBuffered: 20, dropNotice }) };
}

it("drops and counts what a full disk has no room for, goes on by itself, and says so once", async () => {
  const { script, sink } = scriptedOutput();

  script.error = "ENOSPC";
  for (let count = 0; count < 5; count += 1) sink.write("12345678\n");
  await vi.advanceTimersByTimeAsync(2_000);
  script.error = undefined;
  await vi.advanceTimersByTimeAsync(2_000);
  sink.write("after\n");
  await vi.runAllTimersAsync();

  expect(script.text).toBe("12345678\n12345678\ndropped 3: writing failed: ENOSPC\nafter\n");
  expect(sink.dropped).toBe(3);
});

it("goes on in the middle of a line when a slow reader has taken part of it", async () => {
  const { script, sink } = scriptedOutput();

  script.room = 3;
  sink.write("one\n");
  sink.write("two\n");
  await vi.runAllTimersAsync();

  expect(script.text).toBe("one\ntwo\n");
});

it("gives up when the reader has gone, and lets nobody wait for it", async () => {
  const { script, sink } = scriptedOutput();

  script.error = "EPIPE";
  sink.write("lost\n");
  const flushed = sink.flush(60_000);
  await vi.advanceTimersByTimeAsync(1);
  await flushed;
  script.error = undefined;
  sink.write("lost too\n");
  await vi.runAllTimersAsync();

  expect(script.text).toBe("");
});

it("waits for a reader that does not read no longer than it is told to", async () => {
  const { script, sink } = scriptedOutput();

  script.error = "EAGAIN";
  sink.write("stuck\n");
  const flushed = sink.flush(2_000);
  await vi.advanceTimersByTimeAsync(2_001);
  await flushed;
  sink.flushSync(20);

  expect(script.text).toBe("");
});

it("writes at the end of the process what waits, the rest of a line that was begun included", async () => {
  const { script, sink } = scriptedOutput();

  script.error = "EAGAIN";
  sink.write("first\n");
  await vi.advanceTimersByTimeAsync(1);
  sink.write("second\n");
  script.error = undefined;
  sink.flushSync(1_000);

  expect(script.text).toBe("first\nsecond\n");
});

it("writes at once what comes after its end, or counts it", async () => {
  const { script, sink } = scriptedOutput();

  sink.close();
  sink.write("late\n");
  script.error = "EIO";
  sink.write("lost\n");

  expect(script.text).toBe("late\n");
  expect(sink.dropped).toBe(1);
});
