import type { DatasetStore } from "./dataset-store.ts";
import { assertDatasetId, type Dataset, type Table } from "./dataset.ts";

const batchSize = 1_000;

/**
 * Stores a table as a new data set.
 *
 * @throws DataError `INVALID` for an id that is none, `CONFLICT` when it is taken.
 */
export async function saveTable(
  store: DatasetStore,
  id: string,
  { title, table }: { title: string; table: Table },
): Promise<Dataset> {
  assertDatasetId(id);
  return store.create(id, async (append) => {
    for (let start = 0; start < table.rows.length; start += batchSize) {
      await append(table.rows.slice(start, start + batchSize));
    }
    return { title, columns: table.columns };
  });
}
