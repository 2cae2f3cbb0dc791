import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { vi } from "vitest";

/** The example server's database file, seen from outside: what its processes do, whether or not a client still listens. */
export interface Database extends AsyncDisposable {
  readonly path: string;
  /** Records of a data set that was committed; undefined when there is none. */
  countRecords(datasetId: string): number | undefined;
  /** Waits until the server is in the middle of a write, which is one import or one deletion. */
  isWriting(): Promise<void>;
  /** Waits until the last write has been committed or rolled back. */
  isIdle(): Promise<void>;
}

const patience = { timeout: 15_000, interval: 10 };

/** Reserves a file for the server; disposing deletes it. */
export async function createDatabase(): Promise<Database> {
  const folder = await mkdtemp(join(tmpdir(), "plinth-database-"));
  const path = join(folder, "business.db");
  const countRecords: Database["countRecords"] = (datasetId) => {
    using database = new DatabaseSync(path, { readOnly: true });
    const row = database.prepare("SELECT row_count FROM dataset WHERE id = ?").get(datasetId);
    return row === undefined ? undefined : Number(row["row_count"]);
  };
  // Until the last of the bundled data sets is there, the server is still starting.
  const hasStarted = (): boolean => existsSync(path) && countRecords("sp500") !== undefined;
  return {
    path,
    countRecords,
    isWriting: () =>
      vi.waitFor(() => {
        if (!hasStarted() || !isLocked(path)) throw new Error("The server writes nothing.");
      }, patience),
    isIdle: () =>
      vi.waitFor(() => {
        if (isLocked(path)) throw new Error("The server is still writing.");
      }, patience),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

/** Whether another process holds SQLite's one lock for writers, from the beginning of a transaction to its end. */
function isLocked(path: string): boolean {
  using database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec("BEGIN IMMEDIATE; ROLLBACK");
    return false;
  } catch (error) {
    if (error instanceof Error && "errcode" in error && error.errcode === busy) return true;
    throw error;
  }
}

/** SQLITE_BUSY. */
const busy = 5;
