import { pipeline } from "node:stream";
import { CsvError, parse } from "csv-parse";
import { DataError } from "../data-error.ts";
import type { Cell } from "../store/dataset.ts";
import { cleanText, fromField } from "./cell.ts";
import type { ColumnCollector } from "./column-collector.ts";

/** Options for {@link csvRows}. */
export interface CsvOptions {
  /** Columns whose fields stay text as they are written, such as postcodes. @default [] */
  textColumns?: readonly string[];
}

/**
 * Parses CSV whose first line names the columns, row by row, in constant memory.
 *
 * @throws DataError `INVALID` for text that is not CSV (the message has the line), or a header that repeats a name.
 */
export async function* csvRows(
  source: AsyncIterable<string | Uint8Array>,
  columns: ColumnCollector,
  { textColumns = [] }: CsvOptions = {},
): AsyncGenerator<Cell[]> {
  const parser = parse({ bom: true, skip_empty_lines: true, max_record_size: 1_000_000 });
  // Closes the source when the parser ends early, and the other way round; the loop below gets the error.
  pipeline(source, parser, () => undefined);
  let header: string[] | undefined;
  try {
    for await (const record of parser as AsyncIterable<string[]>) {
      if (header) {
        const names = header;
        yield record.map((field, index) =>
          textColumns.includes(names[index] ?? "") ? cleanText(field) || null : fromField(field),
        );
      } else {
        header = readHeader(record, columns);
      }
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new DataError("INVALID", `This is not CSV: ${error.message}.`, { cause: error });
  }
}

function readHeader(record: string[], columns: ColumnCollector): string[] {
  const names = record.map((name) => name.trim());
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw new DataError("INVALID", `The CSV header names the column "${repeated}" twice.`);
  for (const name of names) columns.index(name);
  return names;
}
