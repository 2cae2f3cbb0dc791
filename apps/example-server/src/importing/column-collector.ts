import { DataError } from "../data-error.ts";
import type { CellType, Column, ColumnType, Row } from "../store/dataset.ts";
import { cellType, cleanText } from "./cell.ts";

const maxColumns = 200;
const maxNameLength = 200;

/** Learns the columns of a data set while its rows go by. */
export class ColumnCollector {
  readonly #indexes = new Map<string, number>();
  readonly #columns: { name: string; counts: Record<CellType, number> }[] = [];
  #rowCount = 0;

  /**
   * Where a column stands in a row; a new name gets the next free place.
   *
   * @throws DataError `TOO_LARGE` for too many columns, `INVALID` for a name that is empty or too long.
   */
  index(name: string): number {
    const known = this.#indexes.get(name);
    if (known !== undefined) return known;
    const clean = cleanText(name);
    if (clean !== name) return this.index(clean);
    if (name.trim() === "" || name.length > maxNameLength) {
      throw new DataError(
        "INVALID",
        `The column name "${name.slice(0, 40)}" must have 1 to ${maxNameLength} characters.`,
      );
    }
    if (this.#columns.length === maxColumns) {
      throw new DataError("TOO_LARGE", `A data set has ${maxColumns} columns at most; "${name}" would be one more.`);
    }
    this.#columns.push({ name, counts: { text: 0, number: 0, boolean: 0, date: 0 } });
    this.#indexes.set(name, this.#columns.length - 1);
    return this.#columns.length - 1;
  }

  /** How many columns there are so far. */
  get size(): number {
    return this.#columns.length;
  }

  /** Counts the types of a row's cells. */
  observe(row: Row): void {
    this.#rowCount += 1;
    for (const [index, cell] of row.entries()) {
      const column = this.#columns[index];
      if (column && cell !== null) column.counts[cellType(cell)] += 1;
    }
  }

  /** The columns as they are known so far. */
  columns(): Column[] {
    return this.#columns.map(({ name, counts }) => {
      const present = Object.values(counts).reduce((sum, count) => sum + count, 0);
      return { name, type: columnType(counts), counts, missing: this.#rowCount - present };
    });
  }
}

function columnType(counts: Record<CellType, number>): ColumnType {
  const found = (Object.keys(counts) as CellType[]).filter((type) => counts[type] > 0);
  if (found.length > 1) return "mixed";
  return found[0] ?? "empty";
}
