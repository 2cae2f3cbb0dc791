import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { CallToolResultSchema, ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { answerOf, readingWith, type Connect, type Target, type Variant } from "./client-under-test.ts";
import { exampleServer } from "./example-server/requirements.ts";
import { conformanceServer } from "./requirements.ts";
import { testClient } from "./test-client.ts";

const connect: Connect = async (target, _variant, answerForm) => {
  const client = new Client({ name: "sdk-v1", version: "1.0.0" }, { capabilities: { elicitation: {} } });
  client.setRequestHandler(ElicitRequestSchema, () => ({ ...answerForm() }));
  await client.connect(transportFor(target) as Parameters<Client["connect"]>[0]);
  return {
    listTools: async () => (await client.listTools()).tools.map(({ name }) => name),
    listResources: async () => (await client.listResources()).resources.map(({ uri }) => uri),
    listPrompts: async () => (await client.listPrompts()).prompts.map(({ name }) => name),
    async callTool(name, args = {}, { onProgress, signal } = {}) {
      const result = await client.callTool({ name, arguments: args }, CallToolResultSchema, {
        ...(signal !== undefined && { signal }),
        ...(onProgress !== undefined && { onprogress: ({ progress }) => onProgress(progress) }),
      });
      return answerOf(CallToolResultSchema.parse(result));
    },
    ...readingWith(client),
  };
};

function transportFor(target: Target): StdioClientTransport | StreamableHTTPClientTransport {
  if (target.transport === "http") return new StreamableHTTPClientTransport(new URL(target.url));
  const { command, args, env } = target;
  return new StdioClientTransport({ command, args: [...args], env: { ...env }, stderr: "ignore" });
}

const variants: readonly Variant[] = [
  { transport: "http", era: "legacy" },
  { transport: "stdio", era: "legacy" },
];

testClient("@modelcontextprotocol/sdk 1.x", { suite: conformanceServer, connect, variants });
testClient("@modelcontextprotocol/sdk 1.x", { suite: exampleServer, connect, variants });
