import { FastMCP } from "fastmcp";
import { z } from "zod";
import { serveContestant } from "../../src/contestants/serve-contestant.ts";
import { benchTools } from "../../src/workloads/tools.ts";
import type { Workload } from "../../src/workloads/workload.ts";
import { freePort, untilListening } from "./free-port.ts";
import { sdkV1MemoryTest } from "./sdk-v1-memory-test.ts";

serveContestant({
  async http(workload) {
    const port = await freePort();
    await createServer(workload).start({
      transportType: "httpStream",
      httpStream: {
        port,
        host: "127.0.0.1",
        stateless: true,
        // One JSON body is cheaper than a stream, but has no room for notifications.
        enableJsonResponse: workload.called !== "run_task",
      },
    });
    await untilListening(port);
    return `http://127.0.0.1:${port}/mcp`;
  },
  memory: (workload) => async (id) => {
    const server = createServer(workload);
    return sdkV1MemoryTest(
      { connect: (transport) => server.connect(transport), close: () => server.stop() },
      { workload, id },
    );
  },
  stdio: (workload) => createServer(workload).start({ transportType: "stdio" }),
});

function createServer(workload: Workload): FastMCP {
  const server = new FastMCP({ name: "bench", version: "1.0.0" });
  for (const { name, description, input, run } of benchTools(z, workload)) {
    server.addTool({
      name,
      description,
      parameters: input,
      execute: async (values, { reportProgress }) =>
        run(values, (progress, total) => reportProgress({ progress, total })),
    });
  }
  return server;
}
