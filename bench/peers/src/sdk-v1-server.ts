import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import type { BenchTool } from "../../src/workloads/tools.ts";

/** A server of the SDK's first line, as its documentation registers tools; what hosts it is for the contestant. */
export function createSdkV1Server(tools: readonly BenchTool[]): McpServer {
  const server = new McpServer({ name: "bench", version: "1.0.0" });
  for (const { name, description, input, run } of tools) {
    server.registerTool(name, { description, inputSchema: input.shape }, async (values, extra) => {
      const text = await run(values, (progress, total) => {
        const progressToken = extra._meta?.progressToken ?? 0;
        return extra.sendNotification({ method: "notifications/progress", params: { progressToken, progress, total } });
      });
      return { content: [{ type: "text", text }] };
    });
  }
  return server;
}
