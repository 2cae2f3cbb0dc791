import type { SetOutcome } from "./run-set.ts";
import type { ConformanceSet } from "./sets.ts";

/** Something that came out other than {@link ConformanceSet} says. */
export interface Deviation {
  readonly message: string;
  /** The scenario whose output explains it. */
  readonly scenario?: string;
}

/** Compares what came out with what had to. Nothing in the list means that the set passed. */
export function findDeviations(set: ConformanceSet, outcome: SetOutcome): readonly Deviation[] {
  const deviations: Deviation[] = [];
  const expected = new Set(set.expectedFailures);
  for (const { scenario, failed, checks } of outcome.scenarios) {
    if (failed > 0 && !expected.has(scenario)) {
      deviations.push({ message: `${scenario}: ${failed} ${failed === 1 ? "check" : "checks"} failed`, scenario });
    }
    const complete = failed === 0 && checks.every(({ status }) => status !== "SKIPPED");
    if (complete && expected.has(scenario)) {
      deviations.push({ message: `${scenario} passes; take it off the expected failures`, scenario });
    }
  }

  const ran = new Set(outcome.scenarios.map(({ scenario }) => scenario));
  for (const scenario of expected) {
    if (!ran.has(scenario)) deviations.push({ message: `${scenario} is expected to fail, but is not in this set` });
  }
  if (outcome.scenarios.length !== outcome.announced || outcome.announced === 0) {
    deviations.push({
      message: `The suite announced ${outcome.announced} scenarios and reported ${outcome.scenarios.length}`,
    });
  }

  // These follow from the above, so they are news only where nothing else is wrong.
  if (deviations.length > 0) return deviations;
  const passed = countPassed(set, outcome);
  if (passed !== set.passes) deviations.push({ message: `${passed} checks passed where ${set.passes} should` });
  if (outcome.exitCode !== set.exitCode) {
    deviations.push({ message: `The suite's exit code is ${outcome.exitCode} where ${set.exitCode} is due` });
  }
  return deviations;
}

/** Checks that passed in scenarios that are expected to pass. */
export function countPassed(set: ConformanceSet, { scenarios }: SetOutcome): number {
  const counted = scenarios.filter(({ scenario }) => !set.expectedFailures.includes(scenario));
  return counted.reduce((sum, { passed }) => sum + passed, 0);
}
