import { createReadStream } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { DatasetStore } from "../store/dataset-store.ts";
import { toRecords } from "../store/dataset.ts";
import { createSqliteStore } from "../store/sqlite-store.ts";
import { filmsSql } from "../testing/films-sql.ts";
import { bundledFile, importBundledDatasets } from "./bundled-datasets.ts";
import { importDataset, type ImportOptions } from "./import-dataset.ts";

let store: DatasetStore;
beforeEach(() => {
  store = createSqliteStore({ path: ":memory:" });
});
afterEach(() => store.close());

function importCsv(source: string, options?: ImportOptions) {
  return importDataset(store, { id: "sales", format: "csv", source }, options);
}

function importJson(source: string) {
  return importDataset(store, { id: "sales", format: "json", source });
}

test("imports CSV with quotes, a byte order mark and missing fields", async () => {
  const dataset = await importCsv('\uFEFFname,amount,day\r\n"Smith, ""Al""",10.5,2024-01-31\r\nJo,,\r\n');

  expect(dataset.columns.map(({ name, type, missing }) => [name, type, missing])).toEqual([
    ["name", "text", 0],
    ["amount", "number", 1],
    ["day", "date", 1],
  ]);
  expect(toRecords(await store.select("sales"))).toEqual([
    { name: 'Smith, "Al"', amount: 10.5, day: "2024-01-31" },
    { name: "Jo", amount: null, day: null },
  ]);
});

test("keeps the fields of text columns as they are written", async () => {
  await importDataset(store, { id: "towns", format: "csv", source: "zip\n10115\n", textColumns: ["zip"] });

  expect((await store.select("towns")).rows).toEqual([["10115"]]);
});

test("imports JSON whose objects differ in their keys, names of prototypes included", async () => {
  const dataset = await importJson('[{"a":1},{"b":"x","__proto__":2},{"constructor":true,"a":"one"}]');

  expect(dataset.columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
    "a mixed",
    "b text",
    "__proto__ number",
    "constructor boolean",
  ]);
  expect((await store.select("sales")).rows).toEqual([
    [1, null, null, null],
    [null, "x", 2, null],
    ["one", null, null, true],
  ]);
});

test("imports a stream of bytes cut at any place, even within a character", async () => {
  const bytes = Buffer.from("name,n\nÉmile,1\n日本,2\n");
  async function* byteByByte() {
    for (const byte of bytes) yield Uint8Array.of(byte);
  }

  await importDataset(store, { id: "bytes", format: "csv", source: byteByByte() });

  expect((await store.select("bytes")).rows).toEqual([
    ["Émile", 1],
    ["日本", 2],
  ]);
});

test.each([
  ["csv", "a,b\n1,2\n3\n", /line 3/],
  ["csv", 'a\n"open', /Quote/],
  ["csv", "a,b,a\n1,2,3\n", /"a" twice/],
  ["csv", "a,\n1,2\n", /column name/],
  ["csv", "a,b\n", /no records/],
  ["json", "{", /not JSON/],
  ["json", '{"a":1}', /array of objects/],
  ["json", '[{"a":1},[2]]', /Record 2/],
] as const)("refuses %s %j and stores nothing of it", async (format, source, message) => {
  const importing = importDataset(store, { id: "bad", format, source });

  await expect(importing).rejects.toMatchObject({ code: "INVALID", message: expect.stringMatching(message) });
  expect(await store.list()).toEqual([]);
});

test("refuses ids that would not fit in a URI", async () => {
  await expect(importDataset(store, { id: "../x", format: "csv", source: "a\n1" })).rejects.toMatchObject({
    code: "INVALID",
  });
});

test("stops at the limits of rows, bytes and columns, and stores nothing", async () => {
  const wide = Array.from({ length: 201 }, (_, index) => `c${index}`).join(",");

  await expect(importCsv("a\n1\n2\n3\n", { maxRows: 2 })).rejects.toMatchObject({ code: "TOO_LARGE" });
  await expect(importCsv("a\n1\n2\n3\n", { maxBytes: 5 })).rejects.toMatchObject({ code: "TOO_LARGE" });
  await expect(importCsv(`${wide}\n`)).rejects.toMatchObject({ code: "TOO_LARGE" });
  expect(await store.list()).toEqual([]);
});

test.each([
  ["csv", "a\n1\n2\n"],
  ["json", '[{"a":1},{"a":2}]'],
] as const)("closes the source of %s when the import stops early", async (format, text) => {
  const closed = Promise.withResolvers<void>();
  async function* source() {
    try {
      while (true) yield text;
    } finally {
      closed.resolve();
    }
  }

  const importing = importDataset(store, { id: "endless", format, source: source() }, { maxRows: 1, maxBytes: 1_000 });

  await expect(importing).rejects.toMatchObject({ code: "TOO_LARGE" });
  await expect(closed.promise).resolves.toBeUndefined();
});

test("reports progress as rows are stored, and every row is there at the end", async () => {
  const progress: number[] = [];

  await importCsv(manyRows(2_500), { onProgress: (rows) => progress.push(rows) });

  expect(progress).toEqual([1_000, 2_000, 2_500]);
  expect(await store.count("sales")).toBe(2_500);
});

test("leaves nothing of an import that is cancelled midway", async () => {
  const cancel = new AbortController();
  const reason = new Error("The user changed their mind.");
  const onProgress = () => cancel.abort(reason);

  const importing = importCsv(manyRows(5_000), { signal: cancel.signal, onProgress });

  await expect(importing).rejects.toBe(reason);
  expect(await store.list()).toEqual([]);
  await importCsv("n\n1\n");
  expect(await store.count("sales")).toBe(1);
});

test("passes on the error of a source that breaks off", async () => {
  const source = createReadStream(bundledFile("no-such-file.csv"));

  await expect(importDataset(store, { id: "none", format: "csv", source })).rejects.toMatchObject({ code: "ENOENT" });
});

test("imports the bundled data sets once", async () => {
  expect(await importBundledDatasets(store)).toEqual(["films", "stocks", "sp500"]);
  expect(await importBundledDatasets(store)).toEqual([]);

  const counts = (await store.list()).map(({ id, rowCount }) => [id, rowCount]);
  expect(counts).toEqual([
    ["films", 3_201],
    ["sp500", 123],
    ["stocks", 560],
  ]);
});

test("imports the bundled data sets once when two servers start on one database", async () => {
  const imported = await Promise.all([importBundledDatasets(store), importBundledDatasets(store)]);

  expect(imported.flat().toSorted()).toEqual(["films", "sp500", "stocks"]);
});

test("finds the dirt in the films", async () => {
  await importBundledDatasets(store);
  const columns = new Map((await store.find("films"))?.columns.map((column) => [column.name, column]));
  const [expected] = filmsSql(`SELECT
    sum(json_type(value, '$.Title') = 'integer') AS numberTitles,
    sum(value ->> 'Director' IS NULL) AS noDirector FROM films`);

  expect(columns.get("Title")).toMatchObject({ type: "mixed", counts: { number: expected?.["numberTitles"] } });
  expect(columns.get("Director")).toMatchObject({ type: "text", missing: expected?.["noDirector"] });
  expect(columns.get("Release Date")).toMatchObject({ type: "date", missing: 0 });
});

function manyRows(count: number): string {
  return `n\n${Array.from({ length: count }, (_, index) => index).join("\n")}\n`;
}
