import { type Cell, type Column, columnIndex, type Table } from "../store/dataset.ts";

/** A number and the record it comes from. */
export interface NumberAt {
  /** Index of the row in its table, from 0. */
  row: number;
  value: number;
}

/** The cells of one column, top to bottom. Throws DataError `INVALID` for an unknown column. */
export function cellsOf(table: Table, column: string): Cell[] {
  const index = columnIndex(table.columns, column);
  return table.rows.map((row) => row[index] ?? null);
}

/** The numbers of a column with their rows; missing cells and cells of other types are left out. */
export function numbersAt(table: Table, column: string): NumberAt[] {
  return cellsOf(table, column).flatMap((value, row) => (typeof value === "number" ? [{ row, value }] : []));
}

/** The numbers of a column. */
export function numbersOf(table: Table, column: string): number[] {
  return cellsOf(table, column).filter((value) => typeof value === "number");
}

/** The columns whose cells are all numbers, or missing. */
export function numberColumns(table: Table): Column[] {
  return table.columns.filter((column) => column.type === "number");
}
