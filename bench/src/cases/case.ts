import type { Ability, Contestant } from "../contestants/contestant.ts";
import type { OpenSubject } from "../measure/rotation.ts";
import type { Era } from "../workloads/workload.ts";

/** How much time a run spends. */
export interface Effort {
  readonly rounds: number;
  /** Milliseconds of load in one round. */
  readonly roundMs: number;
  /** Load before the first round. */
  readonly warmUp: WarmUp;
  /** Processes spawned per contestant of a cold start case. */
  readonly spawns: number;
  /** Calls of the memory case. */
  readonly memoryCalls: number;
  /** Streams of the idle streams case. */
  readonly streams: number;
}

/** How long a server is warmed up: compilers judge by the number of calls, and slow servers need longer for those. */
export interface WarmUp {
  readonly requests: number;
  /** Milliseconds that it takes at least. */
  readonly leastMs: number;
  /** Milliseconds after which it ends, however few requests there were. */
  readonly mostMs: number;
}

/** One figure that a case takes in every round. */
export interface Metric {
  readonly key: string;
  readonly title: string;
  readonly unit: string;
}

/** One piece of work that contestants are measured at. */
export interface BenchCase {
  /** As it is named on the command line and in the results. */
  readonly name: string;
  readonly title: string;
  /** What is asked and answered, for the reader of the results. */
  readonly about: string;
  /** The first one is what contestants are compared by. */
  readonly metrics: readonly [Metric, ...Metric[]];
  /** Whose figure is 1 in the column of ratios. */
  readonly reference: string;
  /** Whether ratios mean anything; a growth around zero has none. @default true */
  readonly ratios?: boolean;
  /** Whether `--quick` runs it. */
  readonly quick: boolean;
  /** What a contestant must be able to do. */
  readonly needs: readonly (Ability | Era)[];
  /** Whether a contestant belongs in this case at all. @default those that have a module to serve MCP from */
  readonly concerns?: (contestant: Contestant) => boolean;
  readonly rounds: (effort: Effort) => number;
  readonly open: (contestant: Contestant, effort: Effort) => Promise<OpenSubject>;
}

/** Whether a contestant has a row at a case, if only for the reason why it has no number. */
export function isConcerned(contestant: Contestant, { concerns }: BenchCase): boolean {
  if (concerns !== undefined) return concerns(contestant);
  return contestant.module !== undefined && contestant.part === undefined && contestant.special !== true;
}

/** Why a contestant cannot be measured at a case, or undefined when it can be tried. */
export function reasonAgainst({ cannot, eras }: Contestant, { needs }: BenchCase): string | undefined {
  for (const need of needs) {
    const reason = cannot[need];
    if (reason !== undefined) return reason;
    if (need === "modern" && !eras.includes("modern")) return "does not speak 2026-07-28";
    if (need === "legacy" && !eras.includes("legacy")) return "does not answer 2025-11-25 without a session";
  }
  return undefined;
}
