import { importBundledDatasets } from "../importing/bundled-datasets.ts";
import type { DatasetStore } from "../store/dataset-store.ts";
import { createSqliteStore } from "../store/sqlite-store.ts";

/** A store in memory with the bundled data sets. */
export async function createBundledStore(): Promise<DatasetStore> {
  const store = createSqliteStore({ path: ":memory:" });
  await importBundledDatasets(store);
  return store;
}
