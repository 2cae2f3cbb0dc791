import type { Ability } from "../contestants/contestant.ts";
import { startContestant } from "../measure/contestant-process.ts";
import { connectHttp } from "../measure/http-load.ts";
import type { Era, Workload } from "../workloads/workload.ts";
import type { BenchCase } from "./case.ts";
import { loadMetrics, underLoad } from "./under-load.ts";
import { workloadFor } from "./workload-for.ts";

/** Options for {@link httpCase}. */
export interface HttpCaseOptions {
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly workload: Partial<Workload>;
  readonly needs?: readonly (Ability | Era)[];
  readonly quick?: boolean;
}

/** A case of requests over HTTP, sixteen at a time over kept connections. */
export function httpCase({ workload: differences, needs = [], quick = false, ...texts }: HttpCaseOptions): BenchCase {
  const era = differences.era ?? "modern";
  return {
    ...texts,
    metrics: loadMetrics,
    reference: "node",
    quick,
    needs: ["http", era, ...needs],
    rounds: ({ rounds }) => rounds,
    async open(contestant, effort) {
      const workload = workloadFor(contestant, { ...differences, era });
      const server = await startContestant(contestant, { transport: "http", workload });
      return underLoad(server, { effort, connect: ({ url }) => connectHttp(url, workload) });
    },
  };
}
