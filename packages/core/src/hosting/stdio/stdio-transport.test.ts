import { PassThrough } from "node:stream";
import type { JSONRPCMessage } from "@modelcontextprotocol/server";
import { expect, it, vi } from "vitest";
import { StdioTransport } from "./stdio-transport.ts";

function open() {
  const input = new PassThrough();
  const output = new PassThrough();
  const onDeparture = vi.fn();
  const transport = new StdioTransport({ input, output, maxLineBytes: 1_000, maxBacklogBytes: 1_000, onDeparture });
  const onerror = vi.fn();
  transport.onerror = onerror;
  return { input, output, onDeparture, transport, onerror };
}

it("answers with an error when JSON cannot carry a result, and hands back what is no answer", async () => {
  const { output, transport, onerror } = open();
  const circular: Record<string, unknown> = {};
  circular["self"] = circular;

  await transport.send({ jsonrpc: "2.0", id: 4, result: circular });

  expect(JSON.parse(String(output.read()))).toEqual({
    jsonrpc: "2.0",
    id: 4,
    error: { code: -32603, message: "Internal error" },
  });
  expect(onerror).toHaveBeenCalledTimes(1);
  expect(() => transport.send({ jsonrpc: "2.0", method: "notifications/x", params: circular })).toThrow("circular");
});

it("writes whole lines in order, however many are sent at once", async () => {
  const { output, transport } = open();
  const lines: string[] = [];
  output.setEncoding("utf8").on("data", (text: string) => lines.push(text));

  await Promise.all(
    Array.from({ length: 500 }, (_, id) => transport.send({ jsonrpc: "2.0", id, result: { text: "line\nfeed" } })),
  );

  const ids = lines
    .join("")
    .trimEnd()
    .split("\n")
    .map((line) => (JSON.parse(line) as { id: number }).id);
  expect(ids).toEqual(Array.from({ length: 500 }, (_, id) => id));
});

it("rejects what is sent after the end, and what waits at the end", async () => {
  const { transport, output, onDeparture } = open();
  output.cork();
  const waiting = transport.send({ jsonrpc: "2.0", id: 1, result: {} });

  await transport.close();

  await expect(waiting).rejects.toThrow("The connection is closed");
  await expect(transport.send({ jsonrpc: "2.0", id: 2, result: {} })).rejects.toThrow("The connection is closed");
  await expect(transport.start()).rejects.toThrow("closed before it was opened");
  expect(onDeparture.mock.calls).toEqual([["closed"]]);
});

it("is answered only when every request has its answer, and two when a client reuses an id", async () => {
  const { input, transport } = open();
  const messages: JSONRPCMessage[] = [];
  transport.onmessage = (message) => void messages.push(message);
  await transport.start();
  input.write(
    '{"jsonrpc":"2.0","id":1,"method":"a"}\n{"jsonrpc":"2.0","id":1,"method":"b"}\n{"jsonrpc":"2.0","id":"1","method":"c"}\n',
  );
  await vi.waitFor(() => expect(messages).toHaveLength(3));
  let answered = false;
  const done = transport.answered().then(() => {
    answered = true;
  });

  await transport.send({ jsonrpc: "2.0", id: 1, result: {} });
  await transport.send({ jsonrpc: "2.0", id: "1", result: {} });
  expect(answered).toBe(false);
  await transport.send({ jsonrpc: "2.0", id: 1, result: {} });
  await done;

  expect(answered).toBe(true);
});

it("ends when its input has ended before it starts, breaks, or is destroyed", async () => {
  const ended = open();
  ended.input.end().resume();
  await vi.waitFor(() => expect(ended.input.readableEnded).toBe(true));
  const broken = open();
  const destroyed = open();

  await Promise.all([ended, broken, destroyed].map(({ transport }) => transport.start()));
  broken.input.destroy(new Error("read ECONNRESET"));
  destroyed.input.destroy();

  await vi.waitFor(() => expect(ended.onDeparture.mock.calls).toEqual([["end-of-input"]]));
  await vi.waitFor(() => expect(broken.onDeparture.mock.calls).toEqual([["gone"]]));
  await vi.waitFor(() => expect(destroyed.onDeparture.mock.calls).toEqual([["end-of-input"]]));
});

it("leaves no listener but the one that catches late errors, however often a stream is reused", async () => {
  const input = new PassThrough();
  const output = new PassThrough();

  for (let round = 0; round < 20; round++) {
    const transport = new StdioTransport({
      input,
      output,
      maxLineBytes: 10,
      maxBacklogBytes: 10,
      onDeparture: vi.fn(),
    });
    await transport.start();
    await transport.close();
  }

  expect(input.listenerCount("error")).toBe(1);
  expect(output.listenerCount("error")).toBe(1);
  // The pair's own listeners: a PassThrough has one for `close` of its own.
  expect(input.listenerCount("data")).toBe(0);
  expect(output.listenerCount("drain")).toBe(0);
});
