import { defineConfig, loadConfig } from "@plinth/config";
import { defineTool } from "@plinth/core";
import { createPlatformServer, productionConfig } from "@plinth/platform";
import { z } from "zod";
import { benchTools } from "../workloads/tools.ts";
import { bearerToken } from "./bearer-token.ts";
import { serveContestant } from "./serve-contestant.ts";

/** More than any load here comes to. */
const unreachable = 100_000_000;

serveContestant({
  async http(workload) {
    const { credentials } = workload;
    if (credentials === undefined) throw new Error("The production stack wants callers with credentials");
    const config = loadConfig(defineConfig({ groups: productionConfig }), {
      env: {},
      envFile: false,
      overrides: {
        server: { transport: "http" },
        http: { port: 0 },
        metrics: { mode: "on", port: 0 },
        limits: { requestsPerMinute: unreachable, burst: unreachable },
      },
    });
    const server = await createPlatformServer({
      name: "bench",
      version: "1.0.0",
      config,
      authenticate: await bearerToken(credentials),
      components: benchTools(z, workload).map(({ name, description, input, run }) =>
        defineTool({ name, description, input, handler: (values, { progress }) => run(values, progress) }),
      ),
    });
    const { url } = await server.listen();
    return url;
  },
});
