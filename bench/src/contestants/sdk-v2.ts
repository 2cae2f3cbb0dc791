import { toNodeHandler } from "@modelcontextprotocol/node";
import { createMcpHandler, McpServer, type Transport } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { z } from "zod";
import { benchTools, type BenchTool } from "../workloads/tools.ts";
import { listenOnLoopback, type Listener } from "./listen-on-loopback.ts";
import { memoryTest } from "./memory-test.ts";
import { serveContestant } from "./serve-contestant.ts";

serveContestant({
  http(workload) {
    const tools = benchTools(z, workload);
    const handler = createMcpHandler(() => createServer(tools));
    // The adapter's types have no room for the `undefined` that Node's own have.
    return listenOnLoopback(toNodeHandler(handler) as unknown as Listener);
  },
  memory(workload) {
    const tools = benchTools(z, workload);
    return (id) => {
      let host: { close(): Promise<void> } | undefined;
      // A hand-wired `connect` would speak the legacy era alone.
      const connect = async (transport: Transport): Promise<void> =>
        void (host = serveStdio(() => createServer(tools), { transport }));
      return memoryTest({ connect, close: async () => host?.close() }, { workload, id });
    };
  },
  stdio(workload) {
    const tools = benchTools(z, workload);
    serveStdio(() => createServer(tools));
  },
});

/** As the SDK's documentation has it: a factory that registers everything, called for each HTTP request. */
function createServer(tools: readonly BenchTool[]): McpServer {
  const server = new McpServer({ name: "bench", version: "1.0.0" });
  for (const { name, description, input, run } of tools) {
    server.registerTool(name, { description, inputSchema: input }, async (values, { mcpReq }) => {
      const text = await run(values, (progress, total) => {
        const progressToken = mcpReq._meta?.progressToken ?? 0;
        return mcpReq.notify({ method: "notifications/progress", params: { progressToken, progress, total } });
      });
      return { content: [{ type: "text", text }] };
    });
  }
  return server;
}
