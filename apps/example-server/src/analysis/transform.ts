import { max, mean, median, min, sampleStandardDeviation } from "simple-statistics";
import { DataError } from "../data-error.ts";
import { ColumnCollector } from "../importing/column-collector.ts";
import { type Cell, columnIndex, pickColumns, type Row, type Table } from "../store/dataset.ts";
import type { TransformStep } from "./transform-step.ts";
import { numbersOf } from "./values.ts";

/**
 * Applies the steps one after the other and leaves the table that it was given as it is.
 *
 * @throws DataError `INVALID` for an unknown column, or a step that the column's values do not allow.
 */
export function transform(table: Table, steps: readonly TransformStep[]): Table {
  return steps.reduce(applyStep, table);
}

function applyStep(table: Table, step: TransformStep): Table {
  switch (step.step) {
    case "keep_columns":
      return pickColumns(table, step.columns);
    case "rename":
      return rename(table, step.column, step.to);
    case "drop_missing": {
      const indexes = step.columns.map((name) => columnIndex(table.columns, name));
      return describe(
        table,
        table.rows.filter((row) => indexes.every((index) => row[index] !== null)),
      );
    }
    case "fill_missing": {
      const value = fillValue(table, step.column, step.with);
      return mapColumn(table, step.column, (cell) => cell ?? value);
    }
    case "to_text":
      return mapColumn(table, step.column, (cell) => (cell === null ? null : String(cell)));
    case "normalize":
      return normalize(table, step.column, step.method);
    case "deduplicate":
      return deduplicate(table, step.columns);
  }
}

function rename(table: Table, from: string, to: string): Table {
  columnIndex(table.columns, from);
  if (from !== to && table.columns.some(({ name }) => name === to)) {
    throw new DataError("INVALID", `There is a column "${to}" already.`);
  }
  return { ...table, columns: table.columns.map((other) => (other.name === from ? { ...other, name: to } : other)) };
}

function fillValue(table: Table, name: string, value: string | number): Cell {
  if (value === "mean") return mean(someNumbers(table, name));
  if (value === "median") return median(someNumbers(table, name));
  return value;
}

function normalize(table: Table, name: string, method: "z_score" | "min_max"): Table {
  const numbers = someNumbers(table, name);
  const [from, size] =
    method === "z_score"
      ? [mean(numbers), numbers.length > 1 ? sampleStandardDeviation(numbers) : 0]
      : [min(numbers), max(numbers) - min(numbers)];
  if (size === 0) throw new DataError("INVALID", `"${name}" has the same value everywhere and cannot be normalized.`);
  return mapColumn(table, name, (cell) => (typeof cell === "number" ? (cell - from) / size : cell));
}

function deduplicate(table: Table, names: readonly string[]): Table {
  const indexes = names.map((name) => columnIndex(table.columns, name));
  const seen = new Set<string>();
  const rows = table.rows.filter((row) => {
    const key = JSON.stringify(indexes.map((index) => row[index]));
    return seen.has(key) ? false : seen.add(key);
  });
  return describe(table, rows);
}

function someNumbers(table: Table, name: string): number[] {
  const numbers = numbersOf(table, name);
  if (numbers.length === 0) throw new DataError("INVALID", `"${name}" has no numbers.`);
  return numbers;
}

function mapColumn(table: Table, name: string, change: (cell: Cell) => Cell): Table {
  const index = columnIndex(table.columns, name);
  return describe(
    table,
    table.rows.map((row) => row.with(index, change(row[index] ?? null))),
  );
}

/** Counts the columns anew, since the rows have changed. */
function describe({ columns: before }: Table, rows: Row[]): Table {
  const collector = new ColumnCollector();
  for (const { name } of before) collector.index(name);
  for (const row of rows) collector.observe(row);
  return { columns: collector.columns(), rows };
}
