import { setTimeout as delay } from "node:timers/promises";
import { Pool, type PoolClient } from "pg";
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

/** Options for {@link createPostgresStore}. */
export interface PostgresStoreOptions {
  /** Where the database is: `postgres://user:password@host:port/database`. */
  connectionString: string;
  /** The PostgreSQL schema that holds the tables, a plain lower-case name; made if it is not there. @default "business_data" */
  schema?: string;
  /** Connections at most. @default 10 */
  maxConnections?: number;
  /** Milliseconds that one statement may take, also when the database has stopped answering. @default 15_000 */
  timeoutMs?: number;
  /** Told of a connection that broke while nobody used it; the pool replaces it. @default ignored */
  onConnectionError?: (error: Error) => void;
}

/** Milliseconds that a statement gets beyond its time, so that the database itself says that it was too long; and a rollback. */
const graceMs = 1_000;

/** Milliseconds that connections may take to say goodbye. */
const goodbyeMs = 2_000;

/** Connects to PostgreSQL and makes the tables if they are not there. Rejects when the database does not answer. */
export async function createPostgresStore(options: PostgresStoreOptions): Promise<DatasetStore> {
  const schema = options.schema ?? "business_data";
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(schema)) throw new TypeError(`"${schema}" is no plain name for a schema.`);
  const timeoutMs = options.timeoutMs ?? 15_000;
  const pool = new Pool({
    connectionString: options.connectionString,
    max: options.maxConnections ?? 10,
    connectionTimeoutMillis: Math.min(5_000, timeoutMs),
    statement_timeout: timeoutMs,
    // The database keeps the time above; this one is for a database, or a network, that has gone silent.
    query_timeout: timeoutMs + graceMs,
    keepAlive: true,
    application_name: "example-server",
    options: `-c search_path=${schema}`,
  });
  pool.on("error", (error) => options.onConnectionError?.(error));
  try {
    await createTables(pool, schema);
  } catch (error) {
    await endPool(pool);
    throw error;
  }
  return new PostgresStore(pool);
}

async function createTables(pool: Pool, schema: string): Promise<void> {
  await inTransaction(pool, async (client) => {
    // Servers that start together take turns: "IF NOT EXISTS" alone fails when two of them create at once.
    await client.query("SELECT pg_advisory_xact_lock(hashtext('example-server.schema'))");
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
    await client.query(`CREATE TABLE IF NOT EXISTS dataset (
      id text PRIMARY KEY, title text NOT NULL, columns jsonb NOT NULL, row_count integer NOT NULL, imported_at text NOT NULL
    )`);
    await client.query(`CREATE TABLE IF NOT EXISTS record (
      dataset_id text NOT NULL REFERENCES dataset ON DELETE CASCADE, position integer NOT NULL, cells jsonb NOT NULL,
      PRIMARY KEY (dataset_id, position)
    )`);
  });
}

const dialect: SqlDialect = {
  number: (index) => `CASE jsonb_typeof(cells -> ${index}) WHEN 'number' THEN (cells ->> ${index})::float8 END`,
  text: (index) => `CASE jsonb_typeof(cells -> ${index}) WHEN 'string' THEN cells ->> ${index} END COLLATE "C"`,
  boolean: (index) => `CASE jsonb_typeof(cells -> ${index}) WHEN 'boolean' THEN cells ->> ${index} END COLLATE "C"`,
  parameter: (position, type) => `$${position}::${{ number: "float8", integer: "bigint", text: "text" }[type]}`,
  position: (text, part) => `strpos(lower(${text}), lower(${part} COLLATE "C"))`,
};

class PostgresStore implements DatasetStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async list(): Promise<Dataset[]> {
    const { rows } = await this.#pool.query<DatasetRow>(`SELECT * FROM dataset ORDER BY id COLLATE "C"`);
    return rows.map(toDataset);
  }

  async find(id: string): Promise<Dataset | undefined> {
    const { rows } = await this.#pool.query<DatasetRow>("SELECT * FROM dataset WHERE id = $1", [id]);
    return rows[0] && toDataset(rows[0]);
  }

  async select(id: string, selection: Selection = {}): Promise<Table> {
    const { columns } = await requireDataset(this, id);
    const { text, parameters } = selectSql(id, columns, selection, dialect);
    const { rows } = await this.#pool.query<{ cells: Cell[] }>(text, parameters);
    return pickColumns({ columns, rows: rows.map((row) => row.cells) }, selection.columns);
  }

  async count(id: string, filters: Filter[] = []): Promise<number> {
    const { columns } = await requireDataset(this, id);
    const { text, parameters } = countSql(id, columns, filters, dialect);
    const { rows } = await this.#pool.query<{ count: string }>(text, parameters);
    return Number(rows[0]?.count);
  }

  create(id: string, fill: (append: AppendRows) => Promise<DatasetDescription>): Promise<Dataset> {
    return inTransaction(this.#pool, async (client) => {
      // The id is taken first: a second import of the same id waits here for the first one's commit or rollback.
      const reserved = await client.query(
        "INSERT INTO dataset (id, title, columns, row_count, imported_at) VALUES ($1, '', '[]', 0, '') ON CONFLICT DO NOTHING",
        [id],
      );
      if (reserved.rowCount === 0) throw datasetExists(id);
      let rowCount = 0;

      const { title, columns } = await fill(async (rows) => {
        await client.query(
          `INSERT INTO record (dataset_id, position, cells)
           SELECT $1, $2 + number - 1, cells FROM jsonb_array_elements($3) WITH ORDINALITY AS batch (cells, number)`,
          [id, rowCount, JSON.stringify(rows)],
        );
        rowCount += rows.length;
      });

      const importedAt = new Date().toISOString();
      await client.query(
        "UPDATE dataset SET title = $2, columns = $3, row_count = $4, imported_at = $5 WHERE id = $1",
        [id, title, JSON.stringify(columns), rowCount, importedAt],
      );
      return { id, title, columns, rowCount, importedAt };
    });
  }

  async delete(id: string): Promise<boolean> {
    const { rowCount } = await this.#pool.query("DELETE FROM dataset WHERE id = $1", [id]);
    return rowCount === 1;
  }

  async health(): Promise<void> {
    await this.#pool.query("SELECT 1");
  }

  async close(): Promise<void> {
    await endPool(this.#pool);
  }
}

/** Closes every connection. One whose other end is silent would wait for it for ever. */
async function endPool(pool: Pool): Promise<void> {
  await Promise.race([pool.end(), delay(goodbyeMs, undefined, { ref: false })]);
}

async function inTransaction<Result>(pool: Pool, work: (client: PoolClient) => Promise<Result>): Promise<Result> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // The pool listens to idle connections alone: one that breaks between two statements would end the process.
  const onError = (error: Error): void => void (broken = error);
  client.on("error", onError);
  try {
    await client.query("BEGIN");
    const result = await work(client);
    await client.query("COMMIT");
    return result;
  } catch (error) {
    // A connection that cannot even roll back is destroyed, which rolls back as well. A silent one gets no second wait.
    const rollback = { text: "ROLLBACK", query_timeout: graceMs };
    if (broken === undefined) await client.query(rollback).catch((failed: Error) => void (broken = failed));
    throw error;
  } finally {
    client.off("error", onError);
    client.release(broken);
  }
}

interface DatasetRow {
  id: string;
  title: string;
  columns: Column[];
  row_count: number;
  imported_at: string;
}

function toDataset(row: DatasetRow): Dataset {
  return { id: row.id, title: row.title, columns: row.columns, rowCount: row.row_count, importedAt: row.imported_at };
}
