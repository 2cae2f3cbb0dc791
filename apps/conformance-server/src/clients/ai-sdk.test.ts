import { createMCPClient, ElicitationRequestSchema } from "@ai-sdk/mcp";
import { Experimental_StdioMCPTransport as StdioTransport } from "@ai-sdk/mcp/mcp-stdio";
import { textOf, type Connect, type Target } from "./client-under-test.ts";
import { asksForNoProgress, cancelsOnlyLocally } from "./requirements.ts";
import { testClient } from "./test-client.ts";

type Transport = Parameters<typeof createMCPClient>[0]["transport"];

const connect: Connect = async (target, { era }, answerForm) => {
  const client = await createMCPClient({
    transport: transportFor(target),
    capabilities: { elicitation: {} },
    protocolVersionDiscovery: era === "modern",
  });
  client.onElicitationRequest(ElicitationRequestSchema, () => ({ ...answerForm() }));
  return {
    listTools: async () => (await client.listTools()).tools.map(({ name }) => name),
    listResources: async () => (await client.listResources()).resources.map(({ uri }) => uri),
    listPrompts: async () => (await client.listPrompts()).prompts.map(({ name }) => name),
    async callTool(name, args = {}, { signal } = {}) {
      const result = await client.callTool({
        name,
        arguments: args,
        ...(signal !== undefined && { options: { signal } }),
      });
      return { text: textOf(result.content as Parameters<typeof textOf>[0]), isError: result.isError === true };
    },
    async readResource(uri) {
      const { contents } = await client.readResource({ uri });
      return textOf(contents.map((part) => ({ type: "text", ...part })));
    },
    async getPrompt(name, args) {
      const { messages } = await client.getPrompt({ name, arguments: args });
      return textOf(messages.map(({ content }) => content));
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
};

function transportFor(target: Target): Transport {
  if (target.transport === "http") return { type: "http", url: target.url };
  return new StdioTransport({ command: target.command, args: [...target.args], stderr: "ignore" });
}

testClient("@ai-sdk/mcp", {
  connect,
  variants: (["http", "stdio"] as const).flatMap((transport) => [
    { transport, era: "modern" },
    { transport, era: "legacy" },
  ]),
  limits: [
    asksForNoProgress,
    cancelsOnlyLocally(
      "it sends no notifications/cancelled, and only over HTTP in the modern era does hanging up mean the same",
      ({ transport, era }) => transport === "stdio" || era === "legacy",
    ),
  ],
});
