import { mean, sampleStandardDeviation, zScore } from "simple-statistics";
import { type Cell, type Table, toRecords } from "../store/dataset.ts";
import { numberColumns, numbersAt } from "./values.ts";

/** Options for {@link findAnomalies}. */
export interface AnomalyOptions {
  /** How many standard deviations from the mean a value must lie to be reported. @default 2.0 */
  threshold?: number | undefined;
  /** Values reported per column at most; the count is always the full one. @default 10 */
  limit?: number | undefined;
}

/** The values of a column that lie far from its mean. */
export interface ColumnAnomalies {
  column: string;
  mean: number;
  standardDeviation: number;
  /** How many values lie beyond the threshold. */
  count: number;
  /** The farthest ones, farthest first, each with its record. */
  farthest: { value: number; zScore: number; record: Record<string, Cell> }[];
}

/**
 * Finds the numbers whose z-score, (value - mean) / sample standard deviation, is beyond the threshold in either
 * direction. The z-score assumes a roughly symmetric spread: in a skewed column, such as money, large values are
 * common and most of what is found lies on one side.
 */
export function findAnomalies(table: Table, { threshold = 2, limit = 10 }: AnomalyOptions = {}): ColumnAnomalies[] {
  return numberColumns(table).flatMap(({ name }) => {
    const numbers = numbersAt(table, name);
    if (numbers.length < 3) return [];
    const values = numbers.map(({ value }) => value);
    const average = mean(values);
    const standardDeviation = sampleStandardDeviation(values);
    if (standardDeviation === 0) return [];

    const beyond = numbers
      .map(({ row, value }) => ({ row, value, zScore: zScore(value, average, standardDeviation) }))
      .filter((number) => Math.abs(number.zScore) > threshold)
      .toSorted((a, b) => Math.abs(b.zScore) - Math.abs(a.zScore));
    const farthest = beyond.slice(0, limit).map(({ row, ...number }) => {
      const [record = {}] = toRecords({ columns: table.columns, rows: table.rows.slice(row, row + 1) });
      return { ...number, record };
    });
    return [{ column: name, mean: average, standardDeviation, count: beyond.length, farthest }];
  });
}
