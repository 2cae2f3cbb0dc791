import { linearRegression, mean } from "simple-statistics";

/**
 * How much a figure grows over a span of observations, in percent of its mean: the rise of the straight line that fits
 * them best. Single highs and lows, such as a garbage collection at the wrong moment, hardly move it.
 *
 * @throws Error for fewer than three observations
 */
export function growthPercent(points: readonly (readonly [x: number, y: number])[]): number {
  if (points.length < 3) throw new Error(`A growth needs three observations, not ${points.length}`);
  const { m: slope } = linearRegression(points.map(([x, y]) => [x, y]));
  const first = points[0]?.[0] ?? 0;
  const last = points.at(-1)?.[0] ?? 0;
  return (100 * slope * (last - first)) / mean(points.map(([, y]) => y));
}
