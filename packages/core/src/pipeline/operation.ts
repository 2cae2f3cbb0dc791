import type { Catalog, CatalogEntry } from "../catalog/catalog.ts";
import type { Awaitable } from "../definitions/awaitable.ts";
import type { Call, Result } from "./call.ts";

/** One MCP method that runs through the pipeline: how its target is found before middleware, and what runs inside. */
export interface Operation {
  readonly method: string;
  /** The server capability without which the method does not exist. */
  readonly capability?: "tools" | "prompts" | "resources" | "completions";
  /**
   * The catalog entry that the parameters address, for middleware to see. Never throws: bad parameters have no target.
   */
  readonly target?: (catalog: Catalog, params: Readonly<Record<string, unknown>>) => CatalogEntry | undefined;
  /** Does the work. @throws KitError or whatever a handler throws */
  readonly run: (call: Call, catalog: Catalog) => Awaitable<Result>;
}
