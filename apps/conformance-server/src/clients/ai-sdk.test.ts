import { createMCPClient, ElicitationRequestSchema } from "@ai-sdk/mcp";
import { Experimental_StdioMCPTransport as StdioTransport } from "@ai-sdk/mcp/mcp-stdio";
import { answerOf, readingWith, type Block, type Connect, type Target, type Variant } from "./client-under-test.ts";
import { abandonsImports, importsInSilence } from "./example-server/limits.ts";
import { exampleServer } from "./example-server/requirements.ts";
import { asksForNoProgress, cancelsOnlyLocally, conformanceServer } from "./requirements.ts";
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
      return answerOf({ content: result.content as Block[], isError: result.isError === true });
    },
    ...readingWith(client),
  };
};

function transportFor(target: Target): Transport {
  if (target.transport === "http") return { type: "http", url: target.url };
  const { command, args, env } = target;
  return new StdioTransport({ command, args: [...args], env: { ...env }, stderr: "ignore" });
}

const variants = (["http", "stdio"] as const).flatMap((transport): readonly Variant[] => [
  { transport, era: "modern" },
  { transport, era: "legacy" },
]);

const sendsNoCancellation =
  "it sends no notifications/cancelled, and only over HTTP in the modern era does hanging up mean the same";
const cannotCancel = ({ transport, era }: Variant): boolean => transport === "stdio" || era === "legacy";

testClient("@ai-sdk/mcp", {
  suite: conformanceServer,
  connect,
  variants,
  limits: [asksForNoProgress, cancelsOnlyLocally(sendsNoCancellation, cannotCancel)],
});
testClient("@ai-sdk/mcp", {
  suite: exampleServer,
  connect,
  variants,
  limits: [importsInSilence, abandonsImports(sendsNoCancellation, cannotCancel)],
});
