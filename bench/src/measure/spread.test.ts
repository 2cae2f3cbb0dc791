import { expect, it } from "vitest";
import { pairedRatio, spreadOf } from "./spread.ts";

it("tells the middle, the ends and the usual distance from the middle", () => {
  const spread = spreadOf([5, 1, 4, 2, 100]);

  expect(spread).toEqual({ median: 4, min: 1, max: 100, mad: 2 });
});

it("pairs figures round by round, so that a slow moment that hit both does not count", () => {
  const ratio = pairedRatio([20, 200, 22], [10, 100, 10]);

  expect(ratio.median).toBe(2);
  expect(ratio.max).toBeCloseTo(2.2);
});

it("refuses figures that were not taken in the same rounds", () => {
  expect(() => pairedRatio([1, 2], [1])).toThrow("2 rounds cannot be paired with 1");
});
