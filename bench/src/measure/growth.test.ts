import { expect, it } from "vitest";
import { growthPercent } from "./growth.ts";

it("tells the rise of the fitted line in percent of the mean", () => {
  const growth = growthPercent([
    [0, 95],
    [1, 100],
    [2, 105],
  ]);

  expect(growth).toBeCloseTo(10);
});

it("takes a heap that goes up and down around one level for flat", () => {
  const growth = growthPercent(Array.from({ length: 21 }, (_, index) => [index, 100 + (index % 2)]));

  expect(Math.abs(growth)).toBeLessThan(0.1);
});

it("refuses to draw a line through two points", () => {
  expect(() => growthPercent([[0, 1]])).toThrow("A growth needs three observations, not 1");
});
