import { StreamableHTTPTransport } from "@hono/mcp";
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import { z } from "zod";
import { listenOnLoopback } from "../../src/contestants/listen-on-loopback.ts";
import { serveContestant } from "../../src/contestants/serve-contestant.ts";
import { benchTools } from "../../src/workloads/tools.ts";
import { createSdkV1Server } from "./sdk-v1-server.ts";

serveContestant({
  http(workload) {
    const tools = benchTools(z, workload);
    const app = new Hono();
    app.all("/mcp", async (context) => {
      // The shortest example of its documentation shares one server and transport; stateless, the SDK wants one a request.
      const server = createSdkV1Server(tools);
      const transport = new StreamableHTTPTransport({ enableJsonResponse: workload.called !== "run_task" });
      await server.connect(transport);
      return transport.handleRequest(context);
    });
    return listenOnLoopback(getRequestListener(app.fetch));
  },
});
