import { expect, it } from "vitest";
import type { Budget, Figure } from "./budgets.ts";
import { isKept, judge, passesGuard } from "./verdict.ts";

const plinth: Figure = { case: "call-50", contestant: "plinth" };
const node: Figure = { case: "call-50", contestant: "node" };
const plain: Figure = { case: "middleware-0", contestant: "plinth" };
const ratio: Budget = { title: "a call in B", of: plinth, against: node, limit: 1.3 };

it("divides round by round and takes the median", () => {
  const verdict = judge(ratio, roundsFrom({ "call-50 plinth": [12, 130, 11], "call-50 node": [10, 100, 10] }));

  expect(verdict.value).toBeCloseTo(1.2);
  expect(isKept(verdict)).toBe(true);
});

it("takes the price of a part for what it adds", () => {
  const rounds = { "call-50 plinth": [12, 14], "middleware-0 plinth": [10, 10], "call-50 node": [10, 10] };

  const verdict = judge({ ...ratio, minus: plain }, roundsFrom(rounds));

  expect(verdict.value).toBeCloseTo(0.3);
});

it("lets the guard pass a value that is over the budget, but within the head-room", () => {
  const verdict = { budget: { ...ratio, headRoom: 1.2 }, value: 1.5 };

  expect(isKept(verdict)).toBe(false);
  expect(passesGuard(verdict)).toBe(true);
  expect(passesGuard({ ...verdict, value: 1.57 })).toBe(false);
});

it("bounds a figure that is no ratio in both directions", () => {
  const budget: Budget = { title: "growth", of: plinth, limit: 2, headRoom: 1 };

  expect(passesGuard({ budget, value: -1.9 })).toBe(true);
  expect(passesGuard({ budget, value: -2.1 })).toBe(false);
});

it("fails a budget that could not be measured, with the reason", () => {
  const verdict = judge(ratio, (figure) => (figure === node ? { reason: "it ended" } : [1]));

  expect(verdict).toMatchObject({ value: undefined, reason: "it ended" });
  expect(passesGuard(verdict)).toBe(false);
});

it("never fails a budget that is only told", () => {
  expect(passesGuard({ budget: { ...ratio, reportOnly: true }, value: 9 })).toBe(true);
});

function roundsFrom(rounds: Readonly<Record<string, readonly number[]>>) {
  return (figure: Figure): readonly number[] => rounds[`${figure.case} ${figure.contestant}`] ?? [];
}
