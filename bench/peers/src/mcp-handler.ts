import { createRequestListener } from "@remix-run/node-fetch-server";
import { createMcpHandler } from "mcp-handler";
import { z } from "zod";
import { listenOnLoopback } from "../../src/contestants/listen-on-loopback.ts";
import { serveContestant } from "../../src/contestants/serve-contestant.ts";
import { benchTools } from "../../src/workloads/tools.ts";

serveContestant({
  http(workload) {
    const tools = benchTools(z, workload);
    const handler = createMcpHandler(
      (server) => {
        for (const { name, description, input, run } of tools) {
          server.registerTool(name, { description, inputSchema: input }, async (values, { mcpReq }) => {
            const text = await run(values, (progress, total) => {
              const progressToken = mcpReq._meta?.progressToken ?? 0;
              return mcpReq.notify({ method: "notifications/progress", params: { progressToken, progress, total } });
            });
            return { content: [{ type: "text", text }] };
          });
        }
      },
      { serverInfo: { name: "bench", version: "1.0.0" } },
    );
    return listenOnLoopback(createRequestListener(handler));
  },
});
