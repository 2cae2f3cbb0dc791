import { expect, test } from "vitest";
import type { Check } from "./checks.ts";
import { countPassed, findDeviations } from "./deviations.ts";
import type { ScenarioOutcome, SetOutcome } from "./run-set.ts";
import type { ConformanceSet } from "./sets.ts";

const set: ConformanceSet = {
  name: "a set",
  suite: "@modelcontextprotocol/conformance",
  select: [],
  passes: 5,
  expectedFailures: ["tasks"],
  exitCode: 0,
};

test("A set that comes out as expected has no deviation", () => {
  const outcome = outcomeOf([passing("ping", 2), passing("tools", 3), failing("tasks", 1)]);

  expect(findDeviations(set, outcome)).toEqual([]);
  expect(countPassed(set, outcome)).toBe(5);
});

test("A failure that nobody expects is named with its scenario", () => {
  const outcome = outcomeOf([passing("ping", 5), failing("tools", 2), failing("tasks", 1)]);

  expect(findDeviations(set, outcome)).toEqual([{ message: "tools: 2 checks failed", scenario: "tools" }]);
});

test("A scenario that is expected to fail and passes is a deviation", () => {
  const outcome = outcomeOf([passing("ping", 5), passing("tasks", 4)]);

  expect(findDeviations(set, outcome)).toEqual([
    { message: "tasks passes; take it off the expected failures", scenario: "tasks" },
  ]);
});

test("A scenario that is expected to fail may skip its checks instead", () => {
  const skipping: ScenarioOutcome = { ...passing("tasks", 1), checks: [check("SUCCESS"), check("SKIPPED")] };

  expect(findDeviations(set, outcomeOf([passing("ping", 5), skipping]))).toEqual([]);
});

test("An expected failure that is not in the set at all is a deviation", () => {
  const outcome = outcomeOf([passing("ping", 5)]);

  expect(findDeviations(set, outcome)).toEqual([{ message: "tasks is expected to fail, but is not in this set" }]);
});

test("A check that is no longer made is a deviation, though nothing failed", () => {
  const outcome = outcomeOf([passing("ping", 4), failing("tasks", 1)]);

  expect(findDeviations(set, outcome)).toEqual([{ message: "4 checks passed where 5 should" }]);
});

test("A suite that ends before it has reported every scenario is a deviation", () => {
  const outcome = { ...outcomeOf([passing("ping", 5), failing("tasks", 1)]), announced: 3 };

  expect(findDeviations(set, outcome)).toEqual([{ message: "The suite announced 3 scenarios and reported 2" }]);
});

test("A suite that does not start at all is a deviation", () => {
  const outcome: SetOutcome = { announced: 0, scenarios: [], output: ["Cannot find module"], exitCode: 1 };

  const deviations = findDeviations({ ...set, expectedFailures: [] }, outcome);

  expect(deviations).toEqual([{ message: "The suite announced 0 scenarios and reported 0" }]);
});

test("An exit code that does not fit the checks is a deviation", () => {
  const outcome = { ...outcomeOf([passing("ping", 5), failing("tasks", 1)]), exitCode: null };

  expect(findDeviations(set, outcome)).toEqual([{ message: "The suite's exit code is null where 0 is due" }]);
});

function outcomeOf(scenarios: readonly ScenarioOutcome[]): SetOutcome {
  return { announced: scenarios.length, scenarios, output: [], exitCode: 0 };
}

function passing(scenario: string, passed: number): ScenarioOutcome {
  return { scenario, passed, failed: 0, checks: [check("SUCCESS")], output: [] };
}

function failing(scenario: string, failed: number): ScenarioOutcome {
  return { scenario, passed: 0, failed, checks: [check("FAILURE")], output: [] };
}

function check(status: Check["status"]): Check {
  return { id: "a-check", description: "A check.", status };
}
