import { startContestant } from "../measure/contestant-process.ts";
import type { StdioPipes } from "../measure/stdio-load.ts";
import { connectStdio } from "../measure/stdio-load.ts";
import type { BenchCase } from "./case.ts";
import { loadMetrics, underLoad } from "./under-load.ts";
import { workloadFor } from "./workload-for.ts";

/** Requests on the way at a time when a client does not wait. */
const pipelineDepth = 64;

/** Calls over standard input and output, waited for one by one and pipelined, in both eras. */
export const stdioCases: readonly BenchCase[] = (["modern", "legacy"] as const).flatMap((era) =>
  [pipelineDepth, 1].map((depth): BenchCase => {
    const manner = depth === 1 ? "one by one" : "pipelined";
    return {
      name: `${era === "modern" ? "" : "legacy-"}stdio-${depth === 1 ? "single" : "pipelined"}`,
      title: `tools/call over stdio, ${manner} (${era === "modern" ? "2026-07-28" : "2025-11-25"})`,
      about: `An echo among 50 tools; ${depth === 1 ? "each call waits for the answer before" : `${depth} calls are on the way at a time`}.`,
      metrics: loadMetrics,
      reference: "node",
      quick: depth > 1,
      needs: ["stdio", era],
      rounds: ({ rounds }) => rounds,
      async open(contestant, effort) {
        const workload = workloadFor(contestant, { era });
        const server = await startContestant(contestant, { transport: "stdio", workload });
        // The process was started with both pipes.
        const pipes = server.child as StdioPipes;
        return underLoad(server, { effort, connect: () => connectStdio(pipes, { workload, depth }) });
      },
    };
  }),
);
