import type { DatasetStore } from "./dataset-store.ts";
import { createSqliteStore } from "./sqlite-store.ts";

/** Options for {@link openStore}. */
export interface OpenStoreOptions {
  /** A PostgreSQL connection string; when it is not given, the data lives in SQLite. */
  databaseUrl?: string | undefined;
  /** The SQLite file, or `:memory:`. */
  sqlitePath: string;
  /** Told of PostgreSQL connections that broke while idle. */
  onConnectionError?: (error: Error) => void;
}

/** Opens the store that the settings ask for: PostgreSQL when there is a URL for it, otherwise the SQLite file. */
export async function openStore({
  databaseUrl,
  sqlitePath,
  onConnectionError,
}: OpenStoreOptions): Promise<DatasetStore> {
  if (!databaseUrl) return createSqliteStore({ path: sqlitePath });
  // Loaded here, so that the embedded default starts without the PostgreSQL client.
  const { createPostgresStore } = await import("./postgres-store.ts");
  return createPostgresStore({ connectionString: databaseUrl, ...(onConnectionError && { onConnectionError }) });
}
