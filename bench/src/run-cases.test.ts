import { expect, it } from "vitest";
import { httpCase } from "./cases/http-case.ts";
import { ownContestants } from "./contestants/all-contestants.ts";
import { quickEffort } from "./effort.ts";
import { runCase } from "./run-cases.ts";

const effort = { ...quickEffort, rounds: 1, roundMs: 100, warmUp: { requests: 50, leastMs: 0, mostMs: 500 } };

it("measures two servers in processes of their own and compares them", { timeout: 30_000 }, async () => {
  const tiny = httpCase({ name: "tiny", title: "tiny", about: "One tool.", workload: { tools: 1 } });
  const contestants = ownContestants.filter(({ name }) => name === "node" || name === "plinth");

  const result = await runCase(tiny, { contestants, effort, onStep: () => undefined });

  expect(result.outcomes.map(({ contestant, reason }) => [contestant, reason])).toEqual([
    ["node", undefined],
    ["plinth", undefined],
  ]);
  expect(result.outcomes[1]?.ratio?.median).toBeGreaterThan(0);
});

it("gives a contestant that cannot take part the reason, without starting it", async () => {
  const modern = httpCase({ name: "tiny", title: "tiny", about: "One tool.", workload: { tools: 1 } });
  const [contestant] = ownContestants.map((one) => ({ ...one, eras: ["legacy"] as const }));

  const result = await runCase(modern, { contestants: [contestant!], effort, onStep: () => undefined });

  expect(result.outcomes).toEqual([{ contestant: "node", reason: "does not speak 2026-07-28" }]);
});
