import { linearRegression, linearRegressionLine, mean, sum } from "simple-statistics";
import type { MonthlyMean } from "./monthly-series.ts";

/** How much the month of the year matters. */
export interface Seasonality {
  column: string;
  months: number;
  /** Share of the variation around the trend that the month of the year explains, 0 to 1. */
  strength: number;
  /** Of a one-way analysis of variance by month; among independent months, chance gives more than 2.5 in about 1 %. */
  fStatistic: number;
  /** Whether the F statistic is above 2.5. */
  seasonal: boolean;
  /** Months (1 to 12) with the highest and the lowest mean once the trend is taken out. */
  highestMonth: number;
  lowestMonth: number;
}

const fewestMonths = 36;
const monthsInYear = 12;
const criticalF = 2.5;

/**
 * Takes the linear trend out and compares the means of the twelve months (one-way analysis of variance). Undefined for
 * less than 36 months, a month of the year that never occurs, or a series without variation: too little to tell.
 */
export function findSeasonality(column: string, series: readonly MonthlyMean[]): Seasonality | undefined {
  if (series.length < fewestMonths) return undefined;
  const trend = linearRegressionLine(linearRegression(series.map(({ time, value }) => [time, value])));
  const groups = Array.from({ length: monthsInYear }, (_, index) =>
    series.filter(({ month }) => month === index + 1).map(({ time, value }) => value - trend(time)),
  );
  if (groups.some((group) => group.length === 0)) return undefined;

  const residuals = groups.flat();
  const grandMean = mean(residuals);
  const means = groups.map((group) => mean(group));
  const total = sum(residuals.map((value) => (value - grandMean) ** 2));
  const between = sum(groups.map((group) => group.length * (mean(group) - grandMean) ** 2));
  // Below this share of the values' own size, what is left is the rounding of the subtraction.
  const roundingError = sum(series.map(({ value }) => value ** 2)) * 1e-20;
  if (total <= roundingError) return undefined;

  const strength = between / total;
  const fStatistic = between / (monthsInYear - 1) / ((total - between) / (series.length - monthsInYear));
  return {
    column,
    months: series.length,
    strength,
    fStatistic,
    seasonal: fStatistic > criticalF,
    highestMonth: means.indexOf(Math.max(...means)) + 1,
    lowestMonth: means.indexOf(Math.min(...means)) + 1,
  };
}
