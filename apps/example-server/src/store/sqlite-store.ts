import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import {
  type AppendRows,
  type DatasetDescription,
  datasetExists,
  type DatasetStore,
  requireDataset,
  type Selection,
} from "./dataset-store.ts";
import { type Cell, type Column, type Dataset, pickColumns, type Table } from "./dataset.ts";
import type { Filter } from "./filter.ts";
import { countSql, selectSql, type SqlDialect } from "./selection-sql.ts";

/** Options for {@link createSqliteStore}. */
export interface SqliteStoreOptions {
  /** The database file, made with its folder if it is not there; `:memory:` keeps everything in memory. */
  path: string;
}

/** Opens the embedded store: one SQLite file, no server to run. */
export function createSqliteStore({ path }: SqliteStoreOptions): DatasetStore {
  if (path !== ":memory:") mkdirSync(dirname(path), { recursive: true });
  return new SqliteStore(path);
}

const schema = `
  CREATE TABLE IF NOT EXISTS dataset (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, columns TEXT NOT NULL, row_count INTEGER NOT NULL, imported_at TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS record (
    dataset_id TEXT NOT NULL, position INTEGER NOT NULL, cells TEXT NOT NULL, PRIMARY KEY (dataset_id, position)
  ) STRICT, WITHOUT ROWID;
`;

const dialect: SqlDialect = {
  number: (index) => `CASE WHEN json_type(cells, '$[${index}]') IN ('integer', 'real') THEN cells ->> ${index} END`,
  text: (index) => `CASE json_type(cells, '$[${index}]') WHEN 'text' THEN cells ->> ${index} END`,
  boolean: (index) => `CASE json_type(cells, '$[${index}]') WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' END`,
  parameter: (position) => `?${position}`,
  position: (text, part) => `instr(lower(${text}), lower(${part}))`,
};

class SqliteStore implements DatasetStore {
  readonly #reader: DatabaseSync;
  /** A connection of its own, so that readers never see an import before it is committed. */
  readonly #writer: DatabaseSync;
  /** Ends when the last write that was asked for has ended. */
  #writing: Promise<unknown> = Promise.resolve();

  constructor(path: string) {
    const timeout = 5_000;
    this.#writer = new DatabaseSync(path, { timeout });
    this.#writer.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;");
    this.#writer.exec(schema);
    this.#reader = path === ":memory:" ? this.#writer : new DatabaseSync(path, { timeout, readOnly: true });
  }

  async list(): Promise<Dataset[]> {
    await this.#settled();
    return this.#reader.prepare("SELECT * FROM dataset ORDER BY id").all().map(toDataset);
  }

  async find(id: string): Promise<Dataset | undefined> {
    await this.#settled();
    const row = this.#reader.prepare("SELECT * FROM dataset WHERE id = ?").get(id);
    return row && toDataset(row);
  }

  async select(id: string, selection: Selection = {}): Promise<Table> {
    const { columns } = await requireDataset(this, id);
    const { text, parameters } = selectSql(id, columns, selection, dialect);
    const records = this.#reader.prepare(text).all(...parameters);
    const rows = records.map((record) => JSON.parse(String(record["cells"])) as Cell[]);
    return pickColumns({ columns, rows }, selection.columns);
  }

  async count(id: string, filters: Filter[] = []): Promise<number> {
    const { columns } = await requireDataset(this, id);
    const { text, parameters } = countSql(id, columns, filters, dialect);
    return Number(this.#reader.prepare(text).get(...parameters)?.["count"]);
  }

  create(id: string, fill: (append: AppendRows) => Promise<DatasetDescription>): Promise<Dataset> {
    return this.#write(async (database) => {
      if (database.prepare("SELECT 1 FROM dataset WHERE id = ?").get(id)) throw datasetExists(id);
      const insertRecord = database.prepare("INSERT INTO record (dataset_id, position, cells) VALUES (?, ?, ?)");
      let rowCount = 0;

      const { title, columns } = await fill(async (rows) => {
        for (const row of rows) insertRecord.run(id, rowCount++, JSON.stringify(row));
      });

      const importedAt = new Date().toISOString();
      database
        .prepare("INSERT INTO dataset (id, title, columns, row_count, imported_at) VALUES (?, ?, ?, ?, ?)")
        .run(id, title, JSON.stringify(columns), rowCount, importedAt);
      return { id, title, columns, rowCount, importedAt };
    });
  }

  delete(id: string): Promise<boolean> {
    return this.#write(async (database) => {
      database.prepare("DELETE FROM record WHERE dataset_id = ?").run(id);
      return database.prepare("DELETE FROM dataset WHERE id = ?").run(id).changes === 1;
    });
  }

  async health(): Promise<void> {
    this.#reader.prepare("SELECT 1").get();
  }

  async close(): Promise<void> {
    await this.#writing;
    this.#writer.close();
    if (this.#reader !== this.#writer) this.#reader.close();
  }

  /** A `:memory:` database has only one connection, so its readers wait for the writer. */
  async #settled(): Promise<void> {
    if (this.#reader === this.#writer) await this.#writing;
  }

  /** Runs one write after the other, each in its transaction. */
  #write<Result>(work: (database: DatabaseSync) => Promise<Result>): Promise<Result> {
    const database = this.#writer;
    const result = this.#writing.then(async () => {
      database.exec("BEGIN IMMEDIATE");
      try {
        const value = await work(database);
        database.exec("COMMIT");
        return value;
      } catch (error) {
        if (database.isTransaction) database.exec("ROLLBACK");
        throw error;
      }
    });
    this.#writing = result.catch(() => undefined);
    return result;
  }
}

function toDataset(row: Record<string, unknown>): Dataset {
  return {
    id: String(row["id"]),
    title: String(row["title"]),
    columns: JSON.parse(String(row["columns"])) as Column[],
    rowCount: Number(row["row_count"]),
    importedAt: String(row["imported_at"]),
  };
}
