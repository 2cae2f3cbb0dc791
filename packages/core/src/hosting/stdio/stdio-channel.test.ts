import { PassThrough } from "node:stream";
import { afterEach, expect, it, vi } from "vitest";
import type { LineMessage } from "./inbound-line.ts";
import { StdioChannel } from "./stdio-channel.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

function open() {
  const input = new PassThrough();
  const output = new PassThrough();
  const [onDeparture, onProblem] = [vi.fn(), vi.fn()];
  const channel = new StdioChannel({
    input,
    output,
    maxLineBytes: 1_000,
    maxBacklogBytes: 1_000,
    onDeparture,
    onProblem,
  });
  return { input, output, onDeparture, onProblem, channel };
}

const ignore = (): void => undefined;

it("writes whole lines in order, however many are sent at once, and those of one turn with one write", async () => {
  vi.spyOn(performance, "now").mockReturnValue(0);
  const { output, channel } = open();
  const writes: string[] = [];
  output.setEncoding("utf8").on("data", (text: string) => writes.push(text));

  for (let id = 0; id < 500; id++) channel.answer(id, JSON.stringify({ id, text: "line\nfeed" }));
  await channel.send('{"id":500}');

  const ids = writes
    .join("")
    .trimEnd()
    .split("\n")
    .map((line) => (JSON.parse(line) as { id: number }).id);
  expect(ids).toEqual(Array.from({ length: 501 }, (_, id) => id));
  expect(writes).toHaveLength(1);
});

it("does not gather more than fits: what is large goes out at once", () => {
  const { output, channel } = open();

  channel.answer(1, "x".repeat(100_000));

  expect(output.readableLength).toBe(100_001);
});

it("does not gather for longer than a moment, because other calls may compute in the same turn", () => {
  const now = vi.spyOn(performance, "now").mockReturnValue(0);
  const { output, channel } = open();

  channel.answer(1, "{}");
  now.mockReturnValue(2);
  channel.answer(2, "{}");

  expect(String(output.read())).toBe("{}\n{}\n");
});

it("rejects what is sent after the end, and what waits at the end", async () => {
  const { channel, output, onDeparture } = open();
  output.cork();
  const waiting = [channel.send("{}")];
  await new Promise(process.nextTick);
  waiting.push(channel.send("{}"));

  channel.close();

  for (const sent of waiting) await expect(sent).rejects.toThrow("The connection is closed");
  await expect(channel.send("{}")).rejects.toThrow("The connection is closed");
  await expect(channel.flushed()).resolves.toBeUndefined();
  expect(() => channel.start(ignore)).toThrow("closed before it was opened");
  expect(onDeparture.mock.calls).toEqual([["closed"]]);
});

it("is answered only when every request has its answer, and two when a client reuses an id", async () => {
  const { input, channel } = open();
  const messages: LineMessage[] = [];
  channel.start((message) => void messages.push(message));
  input.write(
    '{"jsonrpc":"2.0","id":1,"method":"a"}\n{"jsonrpc":"2.0","id":1,"method":"b"}\n{"jsonrpc":"2.0","id":"1","method":"c"}\n',
  );
  await expect.poll(() => messages).toHaveLength(3);
  let answered = false;
  const done = channel.answered().then(() => {
    answered = true;
  });

  channel.answer(1, "{}");
  channel.answer("1", "{}");
  await channel.flushed();
  expect(answered).toBe(false);
  channel.answer(1, "{}");
  await done;

  expect(answered).toBe(true);
});

it("waits for the answer to a request whose cancellation is malformed, because that one is served on", async () => {
  const { input, channel } = open();
  const messages: LineMessage[] = [];
  channel.start((message) => void messages.push(message));
  const malformed = { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1, reason: 5 } };
  input.write(`{"jsonrpc":"2.0","id":1,"method":"a"}\n${JSON.stringify(malformed)}\n`);
  await expect.poll(() => messages).toHaveLength(2);
  const done = vi.fn();
  const answered = channel.answered().then(done);

  await channel.flushed();
  expect(done).not.toHaveBeenCalled();
  channel.answer(1, "{}");
  await answered;

  expect(done).toHaveBeenCalledOnce();
});

it("ends when its input has ended before it starts, breaks, or is destroyed", async () => {
  const ended = open();
  ended.input.end().resume();
  await expect.poll(() => ended.input.readableEnded).toBe(true);
  const broken = open();
  const destroyed = open();

  for (const { channel } of [ended, broken, destroyed]) channel.start(ignore);
  broken.input.destroy(new Error("read ECONNRESET"));
  destroyed.input.destroy();

  await expect.poll(() => ended.onDeparture.mock.calls).toEqual([["end-of-input"]]);
  await expect.poll(() => broken.onDeparture.mock.calls).toEqual([["gone"]]);
  await expect.poll(() => destroyed.onDeparture.mock.calls).toEqual([["end-of-input"]]);
});

it("leaves no listener but the one that catches late errors, however often a stream is reused", () => {
  const input = new PassThrough();
  const output = new PassThrough();

  for (let round = 0; round < 20; round++) {
    const channel = new StdioChannel({
      input,
      output,
      maxLineBytes: 10,
      maxBacklogBytes: 10,
      onDeparture: vi.fn(),
      onProblem: vi.fn(),
    });
    channel.start(ignore);
    channel.close();
  }

  expect(input.listenerCount("error")).toBe(1);
  expect(output.listenerCount("error")).toBe(1);
  // The pair's own listeners: a PassThrough has one for `close` of its own.
  expect(input.listenerCount("data")).toBe(0);
  expect(output.listenerCount("drain")).toBe(0);
});
