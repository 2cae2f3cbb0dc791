import type { Contestant } from "../contestants/contestant.ts";
import { defineWorkload, type Workload } from "../workloads/workload.ts";

/** The workload of a case for one contestant: in its newest era unless the case says which, in a revision it speaks. */
export function workloadFor({ eras, legacyRevision }: Contestant, differences: Partial<Workload>): Workload {
  const [era = "modern"] = eras;
  return defineWorkload({ era, ...(legacyRevision !== undefined && { legacyRevision }), ...differences });
}
