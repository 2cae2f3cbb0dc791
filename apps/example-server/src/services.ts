import type { CodeExecutor } from "@plinth/code-executor";
import type { FileRoot } from "@plinth/file-operations";
import type { UrlFetcher } from "@plinth/url-fetcher";
import type { Lazy } from "./lazy.ts";
import type { DatasetStore } from "./store/dataset-store.ts";

/** The services of this server, which handlers find on `context.services`. */
export interface Services {
  readonly store: DatasetStore;
  /** Reaches the web, within the settings `fetch`. */
  readonly fetcher: Lazy<UrlFetcher>;
  /** The one folder that tools may use, within the settings `files`. */
  readonly workspace: Lazy<FileRoot>;
  /** Runs programs of a model, within the settings `code`. */
  readonly executor: Lazy<CodeExecutor>;
}
