import { sampleCorrelation } from "simple-statistics";
import type { Table } from "../store/dataset.ts";
import { cellsOf, numberColumns } from "./values.ts";

/** How closely two columns move together. */
export interface Correlation {
  columns: [string, string];
  /** Pearson's r, from -1 to 1. It sees straight-line relations only, and says nothing about causes. */
  coefficient: number;
  /** Records in which both columns have a number. */
  pairs: number;
}

const fewestPairs = 10;
const mostColumns = 30;

/** Correlates the number columns pair by pair (the first 30 of them), strongest first. Fewer than 10 pairs are left out. */
export function correlate(table: Table): Correlation[] {
  const columns = numberColumns(table)
    .slice(0, mostColumns)
    .map(({ name }) => ({ name, cells: cellsOf(table, name) }));

  const found = columns.flatMap((left, position) =>
    columns.slice(position + 1).flatMap((right): Correlation[] => {
      const xs: number[] = [];
      const ys: number[] = [];
      for (const [row, x] of left.cells.entries()) {
        const y = right.cells[row];
        if (typeof x !== "number" || typeof y !== "number") continue;
        xs.push(x);
        ys.push(y);
      }
      const coefficient = xs.length < fewestPairs ? Number.NaN : sampleCorrelation(xs, ys);
      // Not a number when one of the columns never varies.
      return Number.isNaN(coefficient) ? [] : [{ columns: [left.name, right.name], coefficient, pairs: xs.length }];
    }),
  );
  return found.toSorted((a, b) => Math.abs(b.coefficient) - Math.abs(a.coefficient));
}
