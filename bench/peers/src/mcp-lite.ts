import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import { McpServer, StreamableHttpTransport } from "mcp-lite";
import { z } from "zod";
import { listenOnLoopback } from "../../src/contestants/listen-on-loopback.ts";
import { serveContestant } from "../../src/contestants/serve-contestant.ts";
import { benchTools } from "../../src/workloads/tools.ts";

serveContestant({
  http(workload) {
    const server = new McpServer({
      name: "bench",
      version: "1.0.0",
      schemaAdapter: (schema) => z.toJSONSchema(schema as z.ZodType),
    });
    for (let index = 0; index < workload.middleware; index += 1) server.use(async (_context, next) => next());
    for (const { name, description, input, run } of benchTools(z, workload)) {
      server.tool(name, {
        description,
        inputSchema: input,
        handler: async (values: Record<string, unknown>, context) => {
          const text = await run(values, (progress, total) => context.progress?.({ progress, total }));
          return { content: [{ type: "text", text }] };
        },
      });
    }
    const handler = new StreamableHttpTransport().bind(server);
    const app = new Hono();
    app.all("/mcp", (context) => handler(context.req.raw));
    return listenOnLoopback(getRequestListener(app.fetch));
  },
});
