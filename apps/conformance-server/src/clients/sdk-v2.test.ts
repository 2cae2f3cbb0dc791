import { Client, StreamableHTTPClientTransport, type VersionNegotiationOptions } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { answerOf, readingWith, type Connect, type Target, type Variant } from "./client-under-test.ts";
import { exampleServer } from "./example-server/requirements.ts";
import { conformanceServer } from "./requirements.ts";
import { testClient } from "./test-client.ts";

const negotiations: Readonly<Record<string, VersionNegotiationOptions>> = {
  auto: { mode: "auto" },
  legacy: { mode: "legacy" },
  pinned: { mode: { pin: "2026-07-28" } },
};

const connect: Connect = async (target, { mode = "auto" }, answerForm) => {
  const client = new Client(
    { name: "sdk-v2", version: "1.0.0" },
    { capabilities: { elicitation: {} }, versionNegotiation: negotiations[mode] ?? {} },
  );
  client.setRequestHandler("elicitation/create", () => ({ ...answerForm() }));
  await client.connect(transportFor(target));
  return {
    listTools: async () => (await client.listTools()).tools.map(({ name }) => name),
    listResources: async () => (await client.listResources()).resources.map(({ uri }) => uri),
    listPrompts: async () => (await client.listPrompts()).prompts.map(({ name }) => name),
    async callTool(name, args = {}, { onProgress, signal } = {}) {
      const result = await client.callTool(
        { name, arguments: args },
        {
          ...(signal !== undefined && { signal }),
          ...(onProgress !== undefined && { onprogress: ({ progress }) => onProgress(progress) }),
        },
      );
      return answerOf(result);
    },
    ...readingWith(client),
  };
};

function transportFor(target: Target): StdioClientTransport | StreamableHTTPClientTransport {
  if (target.transport === "http") return new StreamableHTTPClientTransport(new URL(target.url));
  const { command, args, env } = target;
  return new StdioClientTransport({ command, args: [...args], env: { ...env }, stderr: "ignore" });
}

const variants = (["http", "stdio"] as const).flatMap((transport): readonly Variant[] => [
  { transport, era: "modern", mode: "auto" },
  { transport, era: "modern", mode: "pinned" },
  { transport, era: "legacy", mode: "legacy" },
]);

testClient("@modelcontextprotocol/client 2.x", { suite: conformanceServer, connect, variants });
testClient("@modelcontextprotocol/client 2.x", { suite: exampleServer, connect, variants });
