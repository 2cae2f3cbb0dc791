import { DataError } from "../data-error.ts";

/** One value of a record. Dates are text in ISO 8601, which sorts in time order. */
export type Cell = string | number | boolean | null;

/** The cells of one record, in the order of the data set's columns. */
export type Row = readonly Cell[];

/** What a cell holds. */
export type CellType = "text" | "number" | "boolean" | "date";

/** What a column holds: one type, several (`mixed`), or nothing at all (`empty`). */
export type ColumnType = CellType | "mixed" | "empty";

/** A column, as the import found it. */
export interface Column {
  name: string;
  type: ColumnType;
  /** How many cells hold each type. */
  counts: Record<CellType, number>;
  /** How many cells are missing (null). */
  missing: number;
}

/** A table of records that was imported as a whole. */
export interface Dataset {
  /** Lower-case letters, digits and hyphens: it is part of a resource's URI. */
  id: string;
  title: string;
  columns: Column[];
  rowCount: number;
  /** When the import was committed, ISO 8601. */
  importedAt: string;
}

/**
 * Finds where a column stands in a row.
 *
 * @throws DataError `INVALID` when the data set has no such column; the message lists those it has.
 */
export function columnIndex(columns: readonly Column[], name: string): number {
  const index = columns.findIndex((column) => column.name === name);
  if (index === -1) {
    const known = columns.map((column) => `"${column.name}"`).join(", ");
    throw new DataError("INVALID", `There is no column "${name}". The columns are ${known}.`);
  }
  return index;
}

/**
 * Refuses ids that would not fit in a resource's URI.
 *
 * @throws DataError `INVALID`
 */
export function assertDatasetId(id: string): void {
  if (/^[a-z][a-z0-9-]{0,59}$/.test(id)) return;
  const rule = "1 to 60 lower-case letters, digits and hyphens, and begin with a letter";
  throw new DataError("INVALID", `The id "${id.slice(0, 80)}" must be ${rule}.`);
}

/** Records with their columns. */
export interface Table {
  columns: Column[];
  rows: Row[];
}

/**
 * Keeps the named columns, in that order, or all of them; a cell that a row does not reach is missing (null).
 *
 * @throws DataError `INVALID` for an unknown column.
 */
export function pickColumns({ columns, rows }: Table, names?: readonly string[]): Table {
  const indexes = names ? names.map((name) => columnIndex(columns, name)) : [...columns.keys()];
  return {
    columns: indexes.flatMap((index) => columns[index] ?? []),
    rows: rows.map((row) => indexes.map((index) => row[index] ?? null)),
  };
}

/** Turns rows into objects keyed by column name, the shape that people and models read best. */
export function toRecords({ columns, rows }: Table): Record<string, Cell>[] {
  return rows.map((row) => Object.fromEntries(columns.map((column, index) => [column.name, row[index] ?? null])));
}
