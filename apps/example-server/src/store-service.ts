import { service, type ServiceDefinition } from "@plinth/core";
import { importBundledDatasets } from "./importing/bundled-datasets.ts";
import type { DatasetStore } from "./store/dataset-store.ts";
import { openStore, type OpenStoreOptions } from "./store/open-store.ts";

/** The store as a service: opened and filled before the first call, closed after the last one, watched in between. */
export function storeService(options: Omit<OpenStoreOptions, "onConnectionError">): ServiceDefinition<DatasetStore> {
  return service({
    async start({ log, signal }) {
      const store = await openStore({
        ...options,
        onConnectionError: (error) => log.warn("A database connection broke while idle", { error }),
      });
      try {
        const imported = await importBundledDatasets(store, signal);
        if (imported.length > 0) log.info("Imported the bundled data sets", { imported });
        return store;
      } catch (error) {
        await store.close();
        throw error;
      }
    },
    stop: (store) => store.close(),
    async health(store) {
      await store.health();
      return true;
    },
  });
}
