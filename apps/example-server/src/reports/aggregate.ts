import { max, mean, median, min, sum } from "simple-statistics";
import { DataError } from "../data-error.ts";
import { type Cell, columnIndex, type Row, type Table } from "../store/dataset.ts";
import type { AggregateFunction, Aggregation, GroupKey, ReportRequest } from "./report-request.ts";

/** The table of a report: the keys of each group, then its figures. */
export interface Report {
  headings: string[];
  /** How many of the headings are group keys; they come first. */
  keyCount: number;
  rows: Cell[][];
  /** How many groups there are, shown or not. */
  groupCount: number;
}

/**
 * Groups the rows of a table and computes the figures of each group. Missing cells, and cells that are not numbers, are
 * left out of a figure; a figure of nothing is null.
 *
 * @throws DataError `INVALID` for an unknown column or heading, or two equal headings.
 */
export function aggregate(table: Table, request: ReportRequest): Report {
  const keys = (request.groupBy ?? []).map((key) => toKey(table, key));
  const figures = request.aggregations.map((aggregation) => toFigure(table, aggregation));
  const headings = [...keys, ...figures].map(({ heading }) => heading);
  const repeated = headings.find((heading, index) => headings.indexOf(heading) !== index);
  if (repeated !== undefined) {
    throw new DataError("INVALID", `Two columns of the report are called "${repeated}". Name one of them with "as".`);
  }

  const groups = new Map<string, { key: Cell[]; rows: Row[] }>();
  // Without keys there is one group, even when it is empty.
  if (keys.length === 0) groups.set("[]", { key: [], rows: [] });
  for (const row of table.rows) {
    const key = keys.map(({ read }) => read(row));
    const name = JSON.stringify(key);
    const group = groups.get(name);
    if (group) group.rows.push(row);
    else groups.set(name, { key, rows: [row] });
  }

  const rows = [...groups.values()].map(({ key, rows: members }) => [
    ...key,
    ...figures.map(({ compute }) => compute(members)),
  ]);
  sortRows(rows, headings, keys.length, request.sort);
  return { headings, keyCount: keys.length, rows: rows.slice(0, request.limit ?? 100), groupCount: rows.length };
}

function toKey(table: Table, { column, unit }: GroupKey): { heading: string; read: (row: Row) => Cell } {
  const index = columnIndex(table.columns, column);
  if (!unit) return { heading: column, read: (row) => row[index] ?? null };
  return { heading: `${column} (${unit})`, read: (row) => toPeriod(row[index] ?? null, unit) };
}

/** `2004-08-19` is in the year `2004`, the quarter `2004-Q3` and the month `2004-08`; what is no date is in none. */
function toPeriod(cell: Cell, unit: "year" | "quarter" | "month"): Cell {
  const [, year, month] = /^(\d{4})-(\d{2})-/.exec(String(cell)) ?? [];
  if (!year || !month) return null;
  if (unit === "year") return year;
  return unit === "month" ? `${year}-${month}` : `${year}-Q${Math.ceil(Number(month) / 3)}`;
}

const functions: Record<Exclude<AggregateFunction, "count">, (numbers: number[]) => number> = {
  sum,
  avg: mean,
  min,
  max,
  median,
};

function toFigure(table: Table, aggregation: Aggregation): { heading: string; compute: (rows: Row[]) => Cell } {
  const { function: name, column } = aggregation;
  const heading = aggregation.as ?? (column === undefined ? name : `${name} of ${column}`);
  if (column === undefined) {
    if (name !== "count") throw new DataError("INVALID", `The aggregation "${name}" needs a column.`);
    return { heading, compute: (rows) => rows.length };
  }
  const index = columnIndex(table.columns, column);
  if (name === "count") return { heading, compute: (rows) => rows.filter((row) => row[index] !== null).length };
  return {
    heading,
    compute: (rows) => {
      const numbers = rows.map((row) => row[index]).filter((cell) => typeof cell === "number");
      return numbers.length === 0 ? null : functions[name](numbers);
    },
  };
}

function sortRows(rows: Cell[][], headings: string[], keyCount: number, sort: ReportRequest["sort"]): void {
  const sortIndex = sort ? headings.indexOf(sort.heading) : -1;
  if (sort && sortIndex === -1) {
    throw new DataError("INVALID", `The report has no heading "${sort.heading}". It has ${headings.join(", ")}.`);
  }
  const sign = sort?.direction === "descending" ? -1 : 1;
  rows.sort((a, b) => {
    const bySort = sortIndex === -1 ? 0 : compareCells(a[sortIndex] ?? null, b[sortIndex] ?? null, sign);
    if (bySort !== 0) return bySort;
    for (let index = 0; index < keyCount; index += 1) {
      const byKey = compareCells(a[index] ?? null, b[index] ?? null, 1);
      if (byKey !== 0) return byKey;
    }
    return 0;
  });
}

/** Numbers before text, and null last in both directions. */
function compareCells(a: Cell, b: Cell, sign: 1 | -1): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  if (typeof a !== typeof b) return typeof a === "number" ? -1 : typeof b === "number" ? 1 : 0;
  return sign * (a < b ? -1 : a > b ? 1 : 0);
}
