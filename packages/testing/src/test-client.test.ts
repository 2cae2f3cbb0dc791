import { PassThrough } from "node:stream";
import { createServer, defineTool, on, type Logger } from "@plinth/core";
import { expect, it } from "vitest";
import { StreamTransport } from "./stream-transport.ts";
import { createTestClient } from "./test-client.ts";

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

it("gives time back when it cannot connect", async () => {
  const real = globalThis.setTimeout;
  const server = createServer({ name: "t", version: "1", log: silent });
  await server.start();
  Object.assign(server, { connect: () => Promise.reject(new Error("no connection")) });

  const connecting = createTestClient(server, { clock: "fake" });

  await expect(connecting).rejects.toThrow("no connection");
  expect(globalThis.setTimeout).toBe(real);
});

it("fails the call and the close when an answer could not have travelled", async () => {
  const broken = defineTool({ name: "broken", handler: () => "fine" });
  const server = createServer({ name: "t", version: "1", log: silent, components: [broken] });
  server.use(on("tools/call", async (_call, next) => Object.assign(await next(), { at: 1n })));
  const client = await createTestClient(server);

  await expect(client.callTool("broken")).rejects.toThrow("would not survive JSON");
  await expect(client.close()).rejects.toThrow("would not survive JSON");
  await server.close();
});

it("hears of JSON that is no message, and reads on", async () => {
  const input = new PassThrough();
  const transport = new StreamTransport({ input, output: new PassThrough() });
  const [errors, messages]: [Error[], unknown[]] = [[], []];
  transport.onerror = (error) => void errors.push(error);
  transport.onmessage = (message) => void messages.push(message);
  await transport.start();

  input.write('{"jsonrpc":"2.0","id":1}\n{"jsonrpc":"2.0","id":2,"result":{}}\n');

  await expect.poll(() => messages).toMatchObject([{ id: 2 }]);
  expect(errors).toHaveLength(1);
});
