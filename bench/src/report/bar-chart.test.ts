import { expect, it } from "vitest";
import { renderBarChart } from "./bar-chart.ts";

const options = { title: "Calls", description: "Less is better.", unit: "µs" };

it("draws bars in proportion, with a title, a description and colours for both schemes", () => {
  const chart = renderBarChart(
    [
      { label: "half", value: 50, range: [40, 60], kind: "ours" },
      { label: "whole", value: 100, range: [90, 100], kind: "other" },
    ],
    options,
  );

  const [half = 0, whole = 0] = [...chart.matchAll(/<rect[^>]* width="([\d.]+)"/g)].map(([, width]) => Number(width));
  expect(half * 2).toBeCloseTo(whole);
  expect(chart).toContain('<title id="title">Calls</title>');
  expect(chart).toContain('<desc id="description">Less is better.</desc>');
  expect(chart).toContain("prefers-color-scheme: dark");
});

it("escapes what would be markup", () => {
  const chart = renderBarChart([{ label: "a<b & c", value: 1, range: [1, 1], kind: "other" }], options);

  expect(chart).toContain("a&lt;b &amp; c");
});

it("draws no bar to the left for a figure below zero", () => {
  const chart = renderBarChart([{ label: "less", value: -3, range: [-4, 2], kind: "other" }], options);

  expect(chart).not.toMatch(/width="-/);
});
