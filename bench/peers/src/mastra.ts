import { createTool } from "@mastra/core/tools";
import { MCPServer } from "@mastra/mcp";
import { z } from "zod";
import { listenOnLoopback } from "../../src/contestants/listen-on-loopback.ts";
import { serveContestant } from "../../src/contestants/serve-contestant.ts";
import { benchTools } from "../../src/workloads/tools.ts";
import type { Workload } from "../../src/workloads/workload.ts";

serveContestant({
  http(workload) {
    const server = createServer(workload);
    return listenOnLoopback((req, res) => {
      const url = new URL(req.url ?? "", "http://127.0.0.1");
      void server.startHTTP({ url, httpPath: "/mcp", req, res });
    });
  },
  stdio: (workload) => createServer(workload).startStdio(),
});

function createServer(workload: Workload): MCPServer {
  const tools = benchTools(z, workload).map(({ name, description, input, run }) => [
    name,
    createTool({
      id: name,
      description,
      inputSchema: input,
      execute: async (values, context) =>
        run(values, (progress, total) => context.mcp?.progress?.({ progress, total })),
    }),
  ]);
  return new MCPServer({ id: "bench", name: "bench", version: "1.0.0", tools: Object.fromEntries(tools) });
}
