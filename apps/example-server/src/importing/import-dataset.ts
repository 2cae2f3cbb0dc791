import { setImmediate as nextTurn } from "node:timers/promises";
import { DataError } from "../data-error.ts";
import type { DatasetStore } from "../store/dataset-store.ts";
import { assertDatasetId, type Cell, type Dataset } from "../store/dataset.ts";
import { ColumnCollector } from "./column-collector.ts";
import { csvRows } from "./csv-rows.ts";
import { jsonRows } from "./json-rows.ts";

/** What to import. */
export interface ImportRequest {
  /** 1 to 60 lower-case letters, digits and hyphens, beginning with a letter. */
  id: string;
  /** A name for people. @default the id */
  title?: string | undefined;
  format: "csv" | "json";
  /** The whole text, or a stream of it in UTF-8. */
  source: string | AsyncIterable<string | Uint8Array>;
  /** CSV columns whose fields stay text as they are written, such as postcodes. @default [] */
  textColumns?: readonly string[] | undefined;
}

/** Options for {@link importDataset}. */
export interface ImportOptions {
  /** Cancels the import; nothing of it remains. */
  signal?: AbortSignal | undefined;
  /** Told after each batch how many rows were stored. Rows in all are not known before the end. */
  onProgress?: ((rows: number) => void) | undefined;
  /** Rows at most. @default 200_000 */
  maxRows?: number | undefined;
  /** Bytes of source text at most. **Security:** it bounds memory for JSON. @default 32 MiB */
  maxBytes?: number | undefined;
}

const batchSize = 1_000;

/**
 * Imports CSV or a JSON array of objects as a new data set, in one transaction: all of it, or nothing when a row is
 * bad, a limit is passed or the signal aborts.
 *
 * @throws DataError `INVALID`, `TOO_LARGE`, `CONFLICT` for an id that is taken; the signal's reason when it aborts.
 */
export async function importDataset(
  store: DatasetStore,
  request: ImportRequest,
  { signal, onProgress, maxRows = 200_000, maxBytes = 32 * 1024 * 1024 }: ImportOptions = {},
): Promise<Dataset> {
  assertDatasetId(request.id);
  const columns = new ColumnCollector();
  const source = limitBytes(toChunks(request.source), maxBytes);
  const rows =
    request.format === "csv"
      ? csvRows(source, columns, { textColumns: request.textColumns ?? [] })
      : jsonRows(source, columns);

  return store.create(request.id, async (append) => {
    let rowCount = 0;
    let batch: Cell[][] = [];

    async function flush(): Promise<void> {
      signal?.throwIfAborted();
      await append(batch);
      batch = [];
      onProgress?.(rowCount);
      // Lets other calls, and the cancellation of this one, have their turn between two batches.
      await nextTurn();
      signal?.throwIfAborted();
    }

    for await (const row of rows) {
      if (rowCount === maxRows) throw new DataError("TOO_LARGE", `An import has ${maxRows} rows at most.`);
      rowCount += 1;
      columns.observe(row);
      batch.push(row);
      if (batch.length === batchSize) await flush();
    }
    if (batch.length > 0) await flush();
    if (rowCount === 0) throw new DataError("INVALID", "There are no records in it.");
    return { title: request.title ?? request.id, columns: columns.columns() };
  });
}

async function* limitBytes(
  source: AsyncIterable<string | Uint8Array>,
  maxBytes: number,
): AsyncGenerator<string | Uint8Array> {
  let bytes = 0;
  for await (const chunk of source) {
    bytes += typeof chunk === "string" ? Buffer.byteLength(chunk) : chunk.byteLength;
    if (bytes > maxBytes) throw new DataError("TOO_LARGE", `An import has ${maxBytes} bytes at most.`);
    yield chunk;
  }
}

/** Hands a long text on piece by piece, so that parsing it does not hold up the process. */
async function* toChunks(source: ImportRequest["source"]): AsyncGenerator<string | Uint8Array> {
  if (typeof source !== "string") return yield* source;
  const chunkLength = 65_536;
  for (let start = 0; start < source.length; start += chunkLength) yield source.slice(start, start + chunkLength);
}
