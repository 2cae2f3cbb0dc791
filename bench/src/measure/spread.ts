import { max, median, medianAbsoluteDeviation, min } from "simple-statistics";

/** The rounds of one figure in short. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** Median absolute deviation from the median. */
  readonly mad: number;
}

/** @throws Error when there are no values */
export function spreadOf(values: readonly number[]): Spread {
  const list = [...values];
  return { median: median(list), min: min(list), max: max(list), mad: medianAbsoluteDeviation(list) };
}

/**
 * The ratio of two figures that were taken in turns, round by round: within a round both saw the same machine, so the
 * median of their ratios is steadier than the ratio of their medians.
 *
 * @throws Error when the two have not the same number of rounds
 */
export function pairedRatio(values: readonly number[], reference: readonly number[]): Spread {
  if (values.length !== reference.length) {
    throw new Error(`${values.length} rounds cannot be paired with ${reference.length}`);
  }
  return spreadOf(values.map((value, round) => value / (reference[round] as number)));
}
