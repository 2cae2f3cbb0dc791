import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { DatasetStore } from "../store/dataset-store.ts";
import type { Table } from "../store/dataset.ts";
import { createBundledStore } from "../testing/bundled-store.ts";
import { filmsSql } from "../testing/films-sql.ts";
import { aggregate, type Report } from "./aggregate.ts";
import { toChartSpec } from "./chart-spec.ts";
import { toCsv } from "./csv-report.ts";
import { toMarkdown } from "./markdown-report.ts";
import { renderChart } from "./render-chart.ts";
import { toXml } from "./xml-report.ts";

let store: DatasetStore;
let films: Table;
beforeAll(async () => {
  store = await createBundledStore();
  films = await store.select("films");
});
afterAll(() => store.close());

const hostile: Report = {
  headings: ["na|me <b>", "n"],
  keyCount: 1,
  groupCount: 4,
  rows: [
    ["=HYPERLINK(1)", -1],
    ['<a href="x">&\u0001</a>', 1234567.891],
    ['two\nlines | "quoted"', null],
  ],
};

test("aggregates groups as GROUP BY in plain SQL does", () => {
  const expected =
    filmsSql(`SELECT value ->> 'Major Genre' AS genre, count(*) AS n, count(value ->> 'US Gross') AS known,
    sum(value ->> 'US Gross') AS total, avg(value ->> 'US Gross') AS mean, min(value ->> 'US Gross') AS low,
    max(value ->> 'US Gross') AS high FROM films GROUP BY 1 ORDER BY genre IS NULL, genre`);
  const column = "US Gross";

  const report = aggregate(films, {
    groupBy: [{ column: "Major Genre" }],
    aggregations: [
      { function: "count" },
      { function: "count", column },
      { function: "sum", column },
      { function: "avg", column },
      { function: "min", column },
      { function: "max", column },
    ],
  });

  expect(report).toMatchObject({ keyCount: 1, groupCount: expected.length });
  expect(report.headings.slice(0, 3)).toEqual(["Major Genre", "count", "count of US Gross"]);
  for (const [index, [genre, n, known, total, mean, low, high]] of report.rows.entries()) {
    expect({ genre, n, known, total, low, high, mean: Number(mean).toFixed(4) }).toEqual({
      ...expected[index],
      mean: Number(expected[index]?.["mean"]).toFixed(4),
    });
  }
});

test("computes medians as the middle of the sorted values", () => {
  const ratings = filmsSql(`SELECT value ->> 'IMDB Rating' AS rating FROM films
    WHERE value ->> 'Major Genre' = 'Western' AND rating IS NOT NULL ORDER BY rating`).map((row) =>
    Number(row["rating"]),
  );
  const [left, right] = [Math.ceil(ratings.length / 2) - 1, Math.floor(ratings.length / 2)].map(
    (index) => ratings[index] ?? 0,
  );

  const report = aggregate(films, {
    groupBy: [{ column: "Major Genre" }],
    aggregations: [{ function: "median", column: "IMDB Rating", as: "median" }],
  });

  expect(report.rows.find(([genre]) => genre === "Western")?.[1]).toBeCloseTo(((left ?? 0) + (right ?? 0)) / 2, 12);
});

test("groups dates by year, quarter and month, and shows the groups that were asked for", async () => {
  const stocks = await store.select("stocks");
  const report = aggregate(stocks, {
    groupBy: [{ column: "date", unit: "quarter" }, { column: "symbol" }],
    aggregations: [{ function: "count", as: "months" }],
    sort: { heading: "date (quarter)", direction: "descending" },
    limit: 2,
  });

  // Four stocks over 41 quarters, and Google's 23 since it was listed.
  expect(report.groupCount).toBe(4 * 41 + 23);
  expect(report.rows).toEqual([
    ["2010-Q1", "AAPL", 3],
    ["2010-Q1", "AMZN", 3],
  ]);
});

test("makes one group of all records without a key, and a figure of nothing is null", () => {
  const none: Table = { columns: films.columns, rows: [] };
  const report = aggregate(none, { aggregations: [{ function: "count" }, { function: "avg", column: "US Gross" }] });

  expect(report.rows).toEqual([[0, null]]);
});

test("refuses unknown columns and headings, and headings that are equal", () => {
  const count = { function: "count" } as const;

  expect(() => aggregate(films, { groupBy: [{ column: "nope" }], aggregations: [count] })).toThrow(/no column "nope"/);
  expect(() => aggregate(films, { aggregations: [count], sort: { heading: "nope" } })).toThrow(/no heading "nope"/);
  expect(() => aggregate(films, { aggregations: [count, count] })).toThrow(/called "count"/);
  expect(() => aggregate(films, { aggregations: [{ function: "sum" }] })).toThrow(/needs a column/);
});

test("writes CSV that reads back, and disarms formulas in text but not numbers", () => {
  const csv = toCsv(hostile);

  expect(parse(csv)).toEqual([
    ["na|me <b>", "n"],
    ["'=HYPERLINK(1)", "-1"],
    ['<a href="x">&\u0001</a>', "1234567.891"],
    ['two\nlines | "quoted"', ""],
  ]);
});

test("writes well-formed XML whatever the data holds", () => {
  expect(toXml(hostile)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<report groups="4">
  <row>
    <cell name="na|me &lt;b&gt;">=HYPERLINK(1)</cell>
    <cell name="n">-1</cell>
  </row>
  <row>
    <cell name="na|me &lt;b&gt;">&lt;a href=&quot;x&quot;&gt;&amp;\uFFFD&lt;/a&gt;</cell>
    <cell name="n">1234567.891</cell>
  </row>
  <row>
    <cell name="na|me &lt;b&gt;">two\nlines | &quot;quoted&quot;</cell>
  </row>
</report>
`);
});

test("writes a Markdown table that no cell can break out of", () => {
  expect(toMarkdown(hostile, "Sales # 1")).toBe(`# Sales \\# 1

| na\\|me \\<b\\> | n |
| --- | ---: |
| =HYPERLINK(1) | -1 |
| \\<a href="x"\\>\\&\u0001\\</a\\> | 1,234,567.89 |
| two lines \\| "quoted" |  |

3 of 4 groups.
`);
});

test("draws a chart with the data's own names as titles only", () => {
  const report: Report = {
    headings: ["a.b[0]", "signal()"],
    keyCount: 1,
    groupCount: 3,
    rows: [
      ["x", 1],
      [null, 2],
      ["y", null],
    ],
  };

  expect(toChartSpec(report, { title: "T" })).toMatchObject({
    data: {
      values: [
        { x: "x", y: 1 },
        { x: "(none)", y: 2 },
      ],
    },
    mark: { type: "bar" },
    encoding: { x: { field: "x", title: "a.b[0]", type: "nominal" }, y: { field: "y", title: "signal()" } },
  });
  expect(() => toChartSpec({ ...report, keyCount: 0 }, { title: "T" })).toThrow(/group by/);
});

test("renders a PNG image whose text is drawn with the font of the app", async () => {
  const report = (label: string): Report => ({ headings: ["k", "v"], keyCount: 1, groupCount: 1, rows: [[label, 1]] });

  const image = await renderChart(toChartSpec(report("A label"), { title: "T" }));
  const blank = await renderChart(toChartSpec(report(" "), { title: "T" }));

  const png = Buffer.from(image);
  expect(png.subarray(0, 8)).toEqual(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]));
  expect(png.readUInt32BE(16)).toBeGreaterThan(1_280);
  // Without a font the label would leave no ink, and the two images would be of about the same size.
  expect(image.byteLength).toBeGreaterThan(blank.byteLength + 500);
});

test("cannot be made to load anything", async () => {
  const spec = toChartSpec({ headings: ["k", "v"], keyCount: 1, groupCount: 1, rows: [["a", 1]] }, { title: "T" });

  const image = renderChart({ ...spec, data: { url: "file:///etc/hostname" } });

  await expect(image).rejects.toThrow('A chart may not load "file:///etc/hostname".');
});
