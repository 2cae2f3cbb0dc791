import { serveContestant } from "../../src/contestants/serve-contestant.ts";
import { benchTools } from "../../src/workloads/tools.ts";
import type { Workload } from "../../src/workloads/workload.ts";
import { freePort, untilListening } from "./free-port.ts";

serveContestant({
  async http(workload) {
    const port = await freePort();
    await start(workload, { MCP_TRANSPORT_TYPE: "http", MCP_HTTP_HOST: "127.0.0.1", MCP_HTTP_PORT: String(port) });
    await untilListening(port);
    return `http://127.0.0.1:${port}/mcp`;
  },
  stdio: (workload) => start(workload, { MCP_TRANSPORT_TYPE: "stdio" }),
});

/** The framework reads its settings from the environment when it is loaded. */
async function start(workload: Workload, settings: Readonly<Record<string, string>>): Promise<void> {
  Object.assign(process.env, settings, { MCP_SESSION_MODE: "stateless", MCP_LOG_LEVEL: "error" });
  const { createApp, tool, z } = await import("@cyanheads/mcp-ts-core");
  const tools = benchTools(z, workload).map(({ name, description, input, run }) =>
    tool(name, {
      description,
      input,
      output: z.object({ text: z.string().describe("The text") }),
      handler: async (values) => ({ text: await run(values, () => undefined) }),
      format: ({ text }) => [{ type: "text", text }],
    }),
  );
  await createApp({ name: "bench", version: "1.0.0", tools });
}
