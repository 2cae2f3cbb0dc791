import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { DataError } from "../data-error.ts";
import type { DatasetStore } from "../store/dataset-store.ts";
import type { ImportRequest } from "./import-dataset.ts";

/** The data sets of the npm package `vega-datasets` that a new store begins with. */
const bundledDatasets = [
  { id: "films", title: "Films: box office, ratings and credits", format: "json", file: "movies.json" },
  { id: "stocks", title: "Monthly prices of five technology stocks", format: "csv", file: "stocks.csv" },
  { id: "sp500", title: "S&P 500, monthly", format: "csv", file: "sp500.csv" },
] as const satisfies (Omit<ImportRequest, "source"> & { file: string })[];

/**
 * Imports the bundled data sets that the store does not have; what is there stays as it is.
 *
 * @returns the ids of those that were imported
 */
export async function importBundledDatasets(store: DatasetStore, signal?: AbortSignal): Promise<string[]> {
  const imported: string[] = [];
  for (const { file, ...request } of bundledDatasets) {
    if (await store.find(request.id)) continue;
    const { importDataset } = await import("./import-dataset.ts");
    try {
      await importDataset(store, { ...request, source: await readFile(bundledFile(file), "utf8") }, { signal });
      imported.push(request.id);
    } catch (error) {
      // Another server that started on the same database at this moment was faster.
      if (!(error instanceof DataError && error.code === "CONFLICT")) throw error;
    }
  }
  return imported;
}

/** Path of a data file in the installed package. */
export function bundledFile(name: string): string {
  return fileURLToPath(new URL(`../data/${name}`, import.meta.resolve("vega-datasets")));
}
