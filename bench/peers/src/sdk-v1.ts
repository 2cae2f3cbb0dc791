import { createMcpExpressApp } from "@modelcontextprotocol/sdk/server/express.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { z } from "zod";
import { listenOnLoopback } from "../../src/contestants/listen-on-loopback.ts";
import { serveContestant } from "../../src/contestants/serve-contestant.ts";
import { benchTools } from "../../src/workloads/tools.ts";
import { sdkV1MemoryTest } from "./sdk-v1-memory-test.ts";
import { createSdkV1Server } from "./sdk-v1-server.ts";

serveContestant({
  http(workload) {
    const tools = benchTools(z, workload);
    const app = createMcpExpressApp();
    // oxlint-disable-next-line oxc/no-async-endpoint-handlers -- Express 5 takes rejections, and the SDK's example is so
    app.post("/mcp", async (request, response) => {
      const server = createSdkV1Server(tools);
      const transport = new StreamableHTTPServerTransport({
        sessionIdGenerator: undefined,
        // One JSON body is cheaper than a stream, but has no room for notifications.
        enableJsonResponse: workload.called !== "run_task",
      });
      await server.connect(transport);
      await transport.handleRequest(request, response, request.body);
      response.on("close", () => {
        void transport.close();
        void server.close();
      });
    });
    return listenOnLoopback(app);
  },
  stdio: (workload) => createSdkV1Server(benchTools(z, workload)).connect(new StdioServerTransport()),
  memory(workload) {
    const tools = benchTools(z, workload);
    return (id) => sdkV1MemoryTest(createSdkV1Server(tools), { workload, id });
  },
});
