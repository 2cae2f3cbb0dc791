import { max, mean, median, min, quantile, sampleStandardDeviation, sum } from "simple-statistics";
import type { Column, Table } from "../store/dataset.ts";
import { cellsOf, numbersOf } from "./values.ts";

/** The figures of a column of numbers. */
export interface NumberSummary {
  kind: "number";
  column: string;
  count: number;
  missing: number;
  sum: number;
  minimum: number;
  lowerQuartile: number;
  median: number;
  mean: number;
  upperQuartile: number;
  maximum: number;
  /** Of a sample (n - 1); null for a single number. */
  standardDeviation: number | null;
}

/** The figures of a column of anything else. */
export interface ValueSummary {
  kind: "date" | "text";
  column: string;
  count: number;
  missing: number;
  distinct: number;
  /** The first and the last in order; for dates the earliest and the latest. */
  first: string | null;
  last: string | null;
  /** The five values that occur most, the most frequent first. */
  mostFrequent: { value: string; count: number }[];
}

export type ColumnSummary = NumberSummary | ValueSummary;

/** Summarizes every column of a table. */
export function summarize(table: Table): ColumnSummary[] {
  return table.columns.map((column) => {
    const numbers = column.type === "number" ? numbersOf(table, column.name) : [];
    const missing = table.rows.length - numbers.length;
    return numbers.length > 0 ? summarizeNumbers(column.name, numbers, missing) : summarizeValues(table, column);
  });
}

function summarizeNumbers(column: string, numbers: number[], missing: number): NumberSummary {
  return {
    kind: "number",
    column,
    count: numbers.length,
    missing,
    sum: sum(numbers),
    minimum: min(numbers),
    lowerQuartile: quantile(numbers, 0.25),
    median: median(numbers),
    mean: mean(numbers),
    upperQuartile: quantile(numbers, 0.75),
    maximum: max(numbers),
    standardDeviation: numbers.length > 1 ? sampleStandardDeviation(numbers) : null,
  };
}

function summarizeValues(table: Table, column: Column): ValueSummary {
  const values = cellsOf(table, column.name)
    .filter((cell) => cell !== null)
    .map(String);
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const sorted = [...counts.keys()].toSorted();
  const byCount = [...counts].toSorted((a, b) => b[1] - a[1]);
  return {
    kind: column.type === "date" ? "date" : "text",
    column: column.name,
    count: values.length,
    missing: table.rows.length - values.length,
    distinct: counts.size,
    first: sorted.at(0) ?? null,
    last: sorted.at(-1) ?? null,
    mostFrequent: byCount.slice(0, 5).map(([value, count]) => ({ value, count })),
  };
}
