import { expect, it } from "vitest";
import { budgets } from "./budgets.ts";
import { allCases } from "./cases/all-cases.ts";
import { reasonAgainst } from "./cases/case.ts";
import { ownContestants } from "./contestants/all-contestants.ts";

const figures = budgets
  .flatMap(({ of, minus, against }) => [of, minus, against])
  .filter((figure) => figure !== undefined);

it.each(figures.map((figure) => [figure.case, figure.contestant] as const))(
  "A budget's figure of %s and %s can be measured without the peers",
  (caseName, contestantName) => {
    const benchCase = allCases.find(({ name }) => name === caseName);
    const contestant = ownContestants.find(({ name }) => name === contestantName);

    expect(benchCase && contestant && (reasonAgainst(contestant, benchCase) ?? "can be tried")).toBe("can be tried");
  },
);

it("names every case and every contestant once", () => {
  const names = [...allCases, ...ownContestants].map(({ name }) => name);

  expect(new Set(names).size).toBe(names.length);
});
