import { InMemoryTransport, type JSONRPCMessage } from "@modelcontextprotocol/server";
import { expect, it } from "vitest";
import { stderrLogger } from "../context/logger.ts";
import { connectMemory } from "./memory.ts";
import { standInServer } from "./stdio/fixtures/stand-in-server.ts";

const principal = { id: "tester", scopes: ["read"] };

async function open() {
  const [client, transport] = InMemoryTransport.createLinkedPair();
  const server = standInServer({ log: stderrLogger({ level: "silent" }) });
  const host = await connectMemory(server, transport, { principal });
  await client.start();
  const ask = (message: object): Promise<JSONRPCMessage> => {
    const { promise, resolve } = Promise.withResolvers<JSONRPCMessage>();
    client.onmessage = resolve;
    void client.send({ jsonrpc: "2.0", id: 1, ...message } as JSONRPCMessage);
    return promise;
  };
  return { client, server, host, ask };
}

it("serves a modern connection with the principal that it was given", async () => {
  const { server, ask } = await open();
  const _meta = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": { name: "test", version: "1.0.0" },
    "io.modelcontextprotocol/clientCapabilities": {},
  };

  const answer = await ask({ method: "tools/call", params: { name: "echo", arguments: { text: "hi" }, _meta } });

  expect(answer).toMatchObject({ result: { content: [{ type: "text", text: "hi" }] } });
  expect(server.bound).toEqual([{ transport: "memory", era: "modern", lifetime: "connection", principal }]);
});

it("serves a legacy connection, and tells the client when it is closed", async () => {
  const { client, host, ask } = await open();
  const closed = Promise.withResolvers<void>();
  client.onclose = () => closed.resolve();

  const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "test", version: "1.0.0" } };
  const answer = await ask({ method: "initialize", params });
  await host.close();

  expect(answer).toMatchObject({ result: { protocolVersion: "2025-11-25" } });
  await expect(closed.promise).resolves.toBeUndefined();
});

it("does not connect when a service fails to start", async () => {
  const [, transport] = InMemoryTransport.createLinkedPair();
  const failure = new Error("no database");

  const connecting = connectMemory(standInServer({ start: () => Promise.reject(failure) }), transport);

  await expect(connecting).rejects.toBe(failure);
  expect(transport.onmessage).toBeUndefined();
});
