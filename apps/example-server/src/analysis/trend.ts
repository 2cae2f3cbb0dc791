import { linearRegression, linearRegressionLine, rSquared } from "simple-statistics";
import type { MonthlyMean } from "./monthly-series.ts";

/** A straight line through a series of monthly means. */
export interface Trend {
  column: string;
  months: number;
  /** Change per year, in the column's unit. */
  slopePerYear: number;
  /** Share of the variation that the line explains, 0 to 1. */
  rSquared: number;
  /** `unclear` when the line explains less than a quarter of the variation. */
  direction: "rising" | "falling" | "unclear";
}

const fewestMonths = 12;

/** Fits a line by least squares; undefined for less than 12 months or a series that never varies. */
export function findTrend(column: string, series: readonly MonthlyMean[]): Trend | undefined {
  if (series.length < fewestMonths || series.every(({ value }) => value === series[0]?.value)) return undefined;
  const points = series.map(({ time, value }): [number, number] => [time, value]);
  const line = linearRegression(points);
  const explained = rSquared(points, linearRegressionLine(line));
  const direction = explained < 0.25 ? "unclear" : line.m > 0 ? "rising" : "falling";
  return { column, months: series.length, slopePerYear: line.m, rSquared: explained, direction };
}
