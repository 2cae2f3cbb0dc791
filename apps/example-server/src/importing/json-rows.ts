import { DataError } from "../data-error.ts";
import type { Cell } from "../store/dataset.ts";
import { fromJson } from "./cell.ts";
import type { ColumnCollector } from "./column-collector.ts";

/**
 * Reads a JSON array of objects, one row per object; a key that appears later becomes a further column.
 *
 * The text is gathered and parsed at once by `JSON.parse`. A streaming JSON parser would hold less memory, but the ones
 * there are ask for trusted input, and the caller's byte limit bounds what is gathered here.
 *
 * @throws DataError `INVALID` for text that is not a JSON array of objects.
 */
export async function* jsonRows(
  source: AsyncIterable<string | Uint8Array>,
  columns: ColumnCollector,
): AsyncGenerator<Cell[]> {
  const records = parseArray(await gather(source));
  for (const [position, record] of records.entries()) {
    if (typeof record !== "object" || record === null || Array.isArray(record)) {
      throw new DataError("INVALID", `Record ${position + 1} is not an object with a value per column.`);
    }
    const row: Cell[] = Array.from({ length: columns.size }, () => null);
    for (const [name, value] of Object.entries(record)) row[columns.index(name)] = fromJson(value);
    yield row;
  }
}

async function gather(source: AsyncIterable<string | Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of source) text += typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
  return text + decoder.decode();
}

function parseArray(text: string): unknown[] {
  try {
    const parsed: unknown = JSON.parse(text);
    if (Array.isArray(parsed)) return parsed;
  } catch (error) {
    throw new DataError("INVALID", `This is not JSON: ${(error as Error).message}.`, { cause: error });
  }
  throw new DataError("INVALID", "The JSON must be an array of objects, one for each record.");
}
