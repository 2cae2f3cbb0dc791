import { createServer, defineTool, type Middleware, type PlinthServer, type ToolDefinition } from "@plinth/core";
import { z } from "zod";
import { benchTools } from "../workloads/tools.ts";
import type { Workload } from "../workloads/workload.ts";
import { memoryTest } from "./memory-test.ts";
import { serveContestant } from "./serve-contestant.ts";

serveContestant({
  async http(workload, variant) {
    const { url } = await createBenchServer(workload).listen({ port: 0, legacy: "stateless", ...laneOf(variant) });
    return url;
  },
  memory(workload) {
    const tools = toTools(workload);
    return async (id) => {
      const server = createBenchServer(workload, tools);
      return memoryTest(
        { connect: (transport) => server.connect(transport), close: () => server.close() },
        { workload, id },
      );
    };
  },
  stdio: (workload, variant) => createBenchServer(workload).serveStdio(laneOf(variant)),
});

function toTools(workload: Workload): ToolDefinition[] {
  return benchTools(z, workload).map(({ name, description, input, run }) =>
    defineTool({
      name,
      description,
      input,
      handler: (values, context) => run(values, (...report) => context.progress(...report)),
    }),
  );
}

function createBenchServer(workload: Workload, components = toTools(workload)): PlinthServer {
  // Progress is thinned out to one report in 20 ms by default; here all of them are to be sent.
  const server = createServer({ name: "bench", version: "1.0.0", components, progressIntervalMs: 0 });
  return server.use(...Array.from({ length: workload.middleware }, () => noOperation()));
}

function noOperation(): Middleware {
  return function noOperation(_call, next) {
    return next();
  };
}

/** The lane is chosen by the server unless the contestant's variant forces one. */
function laneOf(variant: string | undefined): { readonly lane?: "sdk" } {
  return variant === "sdk-lane" ? { lane: "sdk" } : {};
}
