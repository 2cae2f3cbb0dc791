import type { DatasetStore } from "./dataset-store.ts";
import { createSqliteStore } from "./sqlite-store.ts";

/** Options for {@link openStore}. */
export interface OpenStoreOptions {
  /** A PostgreSQL connection string; when it is not given, the data lives in SQLite. */
  databaseUrl?: string | undefined;
  /** The SQLite file, or `:memory:`. */
  sqlitePath: string;
  /** Milliseconds that PostgreSQL may take for a statement. */
  timeoutMs?: number;
  /** Told of PostgreSQL connections that broke while idle. */
  onConnectionError?: (error: Error) => void;
}

/**
 * Opens the store that the settings ask for: PostgreSQL when there is a URL for it, otherwise the SQLite file.
 *
 * @throws Error with the reason and the setting to mend. **Security:** the URL, which has the password, is not in it.
 */
export async function openStore({
  databaseUrl,
  sqlitePath,
  timeoutMs,
  onConnectionError,
}: OpenStoreOptions): Promise<DatasetStore> {
  if (!databaseUrl) return openSqlite(sqlitePath);
  // Loaded here, so that the embedded default starts without the PostgreSQL client.
  const { createPostgresStore } = await import("./postgres-store.ts");
  try {
    return await createPostgresStore({
      connectionString: databaseUrl,
      ...(timeoutMs !== undefined && { timeoutMs }),
      ...(onConnectionError && { onConnectionError }),
    });
  } catch (cause) {
    const remedy = "Check DATABASE_URL, or leave it out to keep the data in SQLite.";
    throw new Error(`PostgreSQL does not answer as it should: ${reasonOf(cause)}. ${remedy}`, { cause });
  }
}

function openSqlite(path: string): DatasetStore {
  try {
    return createSqliteStore({ path });
  } catch (cause) {
    const remedy = "Point DATABASE_PATH at a SQLite file, in a folder where this user may write.";
    throw new Error(`The database file ${path} does not open: ${reasonOf(cause)}. ${remedy}`, { cause });
  }
}

/** A host with several addresses fails with an error for each, in one error that has no message of its own. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}
