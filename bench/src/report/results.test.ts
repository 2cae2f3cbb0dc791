import { expect, it } from "vitest";
import { allCases } from "../cases/all-cases.ts";
import type { BenchCase } from "../cases/case.ts";
import { ownContestants } from "../contestants/all-contestants.ts";
import type { Outcome } from "../measure/rotation.ts";
import { toCaseResult } from "./results.ts";

const benchCase = allCases.find(({ name }) => name === "call-1") as BenchCase;
const [node, plinth, other] = ownContestants as [
  (typeof ownContestants)[0],
  (typeof ownContestants)[0],
  (typeof ownContestants)[0],
];
const sample = (cpu: number): Record<string, number> => ({ cpu, rate: 1, p50: 1, p99: 1, rss: 1 });

it("keeps every round, sums them up, and compares with the reference round by round", () => {
  const outcomes = new Map<typeof node, Outcome>([
    [node, { samples: [sample(10), sample(20)] }],
    [plinth, { samples: [sample(12), sample(26)], answerBytes: 181 }],
  ]);

  const result = toCaseResult(benchCase, outcomes);

  expect(result.outcomes[1]).toMatchObject({
    contestant: "plinth",
    answerBytes: 181,
    samples: [{ cpu: 12 }, { cpu: 26 }],
  });
  expect(result.outcomes[1]?.spreads?.["cpu"]).toEqual({ median: 19, min: 12, max: 26, mad: 7 });
  expect(result.outcomes[1]?.ratio?.median).toBeCloseTo(1.25);
});

it("gives a contestant without a figure its reason, and the others no ratio when it was the reference", () => {
  const outcomes = new Map<typeof node, Outcome>([
    [node, { reason: "it ended" }],
    [other, { samples: [sample(12)] }],
  ]);

  const [first, second] = toCaseResult(benchCase, outcomes).outcomes;

  expect(first).toEqual({ contestant: "node", reason: "it ended" });
  expect(second?.ratio).toBeUndefined();
});
