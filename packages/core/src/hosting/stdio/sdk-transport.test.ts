import { PassThrough } from "node:stream";
import { expect, it, vi } from "vitest";
import { SdkTransport } from "./sdk-transport.ts";
import { StdioChannel } from "./stdio-channel.ts";

function open() {
  const output = new PassThrough();
  const onProblem = vi.fn();
  const channel = new StdioChannel({
    input: new PassThrough(),
    output,
    maxLineBytes: 1_000,
    maxBacklogBytes: 1_000,
    onDeparture: vi.fn(),
    onProblem,
  });
  return { output, onProblem, transport: new SdkTransport({ channel, onProblem }) };
}

it("answers with an error when JSON cannot carry a result, and rejects what is no answer", async () => {
  const { output, transport, onProblem } = open();
  const circular: Record<string, unknown> = {};
  circular["self"] = circular;

  await transport.send({ jsonrpc: "2.0", id: 4, result: circular });
  const notified = transport.send({ jsonrpc: "2.0", method: "notifications/x", params: circular });

  await expect(notified).rejects.toThrow("circular");
  expect(JSON.parse(String(output.read()))).toEqual({
    jsonrpc: "2.0",
    id: 4,
    error: { code: -32603, message: "Internal error" },
  });
  expect(onProblem).toHaveBeenCalledTimes(1);
});

it("closes once, and cannot be started then", async () => {
  const { transport } = open();
  const onclose = vi.fn();
  transport.onclose = onclose;

  await Promise.all([transport.close(), transport.close()]);

  expect(onclose).toHaveBeenCalledTimes(1);
  await expect(transport.start()).rejects.toThrow("closed before it was opened");
});
