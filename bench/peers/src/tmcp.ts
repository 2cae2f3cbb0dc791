import { createRequestListener } from "@remix-run/node-fetch-server";
import { ZodJsonSchemaAdapter } from "@tmcp/adapter-zod";
import { HttpTransport } from "@tmcp/transport-http";
import { InMemoryTransport } from "@tmcp/transport-in-memory";
import { StdioTransport } from "@tmcp/transport-stdio";
import { McpServer } from "tmcp";
import { z } from "zod";
import { listenOnLoopback } from "../../src/contestants/listen-on-loopback.ts";
import { serveContestant } from "../../src/contestants/serve-contestant.ts";
import { messageOf } from "../../src/workloads/request.ts";
import { benchTools, type BenchTool } from "../../src/workloads/tools.ts";
import { calledToolName } from "../../src/workloads/workload.ts";

serveContestant({
  http(workload) {
    const transport = new HttpTransport(createServer(benchTools(z, workload)), { path: "/mcp" });
    return listenOnLoopback(
      createRequestListener(
        async (request) => (await transport.respond(request)) ?? new Response(null, { status: 404 }),
      ),
    );
  },
  memory(workload) {
    const tools = benchTools(z, workload);
    return async (id) => {
      const transport = new InMemoryTransport(createServer(tools));
      const session = transport.session();
      await session.initialize("2025-11-25", {}, { name: "bench", version: "1" });
      const { content } = await session.callTool(calledToolName(workload), { message: messageOf(id) });
      session.close();
      await transport.close();
      const [block] = content ?? [];
      return block?.type === "text" ? block.text : "";
    };
  },
  stdio: (workload) => void new StdioTransport(createServer(benchTools(z, workload))).listen(),
});

function createServer(tools: readonly BenchTool[]): McpServer<z.ZodType> {
  const server = new McpServer(
    { name: "bench", version: "1.0.0", description: "The benchmark's tools." },
    { adapter: new ZodJsonSchemaAdapter(), capabilities: { tools: { listChanged: true } } },
  );
  for (const { name, description, input, run } of tools) {
    server.tool({ name, description, schema: input }, async (values) => {
      const text = await run(values, (done, total) => server.progress(done, total));
      return { content: [{ type: "text", text }] };
    });
  }
  return server;
}
