import { DataError } from "../data-error.ts";
import type { Column, Dataset, Row, Table } from "./dataset.ts";
import type { Filter } from "./filter.ts";

/** Which records to read, and in what order. */
export interface Selection {
  /** Columns to return, in this order. @default all */
  columns?: string[];
  /** Conditions that all must hold. @default none */
  filters?: Filter[];
  /** The first entry decides, the next breaks its ties. Missing cells come last. @default import order */
  sort?: { column: string; direction?: "ascending" | "descending" }[];
  /** Records to return at most. @default all */
  limit?: number;
  /** Records to skip. @default 0 */
  offset?: number;
}

/** What an import knows once its last row has been read. */
export interface DatasetDescription {
  title: string;
  columns: Column[];
}

/**
 * Where data sets live. SQLite and PostgreSQL implement it, and one test suite holds both to the same behaviour.
 *
 * How values compare, in both: numbers compare with numbers, text with text by code point (so ISO dates compare in
 * time order), and a cell of another type never matches. `contains` and `starts_with` ignore the case of A to Z.
 */
export interface DatasetStore {
  /** All data sets, by id. */
  list(): Promise<Dataset[]>;

  /** One data set, or undefined. */
  find(id: string): Promise<Dataset | undefined>;

  /**
   * Reads records.
   *
   * @throws DataError `NOT_FOUND` for an unknown data set, `INVALID` for an unknown column.
   */
  select(id: string, selection?: Selection): Promise<Table>;

  /** Counts the records that meet the filters. Throws like {@link DatasetStore.select}. */
  count(id: string, filters?: Filter[]): Promise<number>;

  /**
   * Creates a data set in one transaction. `fill` appends the rows, batch by batch, and returns the columns. Nobody
   * sees the data set before the commit, and if `fill` throws then nothing of it remains.
   *
   * @throws DataError `CONFLICT` when the id is taken; whatever `fill` throws.
   */
  create(id: string, fill: (append: AppendRows) => Promise<DatasetDescription>): Promise<Dataset>;

  /** Deletes a data set with its records; false when there was none. */
  delete(id: string): Promise<boolean>;

  /** Resolves when the database answers, rejects when it does not. */
  health(): Promise<void>;

  /** Closes the database. */
  close(): Promise<void>;
}

/** Adds rows to the data set that is being created. */
export type AppendRows = (rows: readonly Row[]) => Promise<void>;

/**
 * Finds a data set that must be there.
 *
 * @throws DataError `NOT_FOUND` when it is not; the message lists those that are.
 */
export async function requireDataset(store: DatasetStore, id: string): Promise<Dataset> {
  const dataset = await store.find(id);
  if (dataset) return dataset;
  const known = (await store.list()).map((other) => `"${other.id}"`).join(", ");
  throw new DataError(
    "NOT_FOUND",
    `There is no data set "${id}". ${known ? `There are ${known}.` : "Import one first."}`,
  );
}

/** The error of {@link DatasetStore.create} for an id that is taken. */
export function datasetExists(id: string): DataError {
  return new DataError("CONFLICT", `There is a data set "${id}" already. Choose another id, or delete that one first.`);
}
