import type { DatasetStore } from "./store/dataset-store.ts";

/** The services of this server, which handlers find on `context.services`. */
export interface Services {
  readonly store: DatasetStore;
}
