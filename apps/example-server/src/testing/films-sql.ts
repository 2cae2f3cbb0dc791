import { readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { bundledFile } from "../importing/bundled-datasets.ts";

/**
 * Asks plain SQL about the films as they are in the file: a second way to every figure, which shares no code with the
 * server. The query reads from `films`, one JSON object a row in the column `value`.
 */
export function filmsSql(query: string): Record<string, unknown>[] {
  using database = new DatabaseSync(":memory:");
  const films = readFileSync(bundledFile("movies.json"), "utf8");
  return database.prepare(`WITH films AS (SELECT key, value FROM json_each(?)) ${query}`).all(films);
}
