import { startContestant } from "../measure/contestant-process.ts";
import { connectHttp } from "../measure/http-load.ts";
import { createCredentials } from "../workloads/credentials.ts";
import type { BenchCase } from "./case.ts";
import { loadMetrics, underLoad } from "./under-load.ts";
import { workloadFor } from "./workload-for.ts";

/** What stands between a bare server and one that an operations team accepts. */
export const productionCase: BenchCase = {
  name: "production",
  title: "tools/call through the production stack (2026-07-28)",
  about:
    "An echo among 50 tools, by a caller with a signed access token. The stack verifies the token, limits rate and concurrency, " +
    "guards the arguments, measures, logs each call to its standard output, ends late calls, and bounds the answer. Plinth without it and the " +
    "reference get the same request and look at none of that.",
  metrics: loadMetrics,
  reference: "node",
  quick: true,
  needs: ["http", "modern"],
  concerns: ({ name }) => ["node", "plinth", "plinth-production"].includes(name),
  rounds: ({ rounds }) => rounds,
  async open(contestant, effort) {
    const workload = workloadFor(contestant, { era: "modern", credentials: await createCredentials() });
    const server = await startContestant(contestant, { transport: "http", workload });
    return underLoad(server, { effort, connect: ({ url }) => connectHttp(url, workload) });
  },
};
