import { afterAll, beforeAll, expect, test } from "vitest";
import type { DatasetStore } from "../store/dataset-store.ts";
import type { Table } from "../store/dataset.ts";
import { createBundledStore } from "../testing/bundled-store.ts";
import { filmsSql } from "../testing/films-sql.ts";
import { analyze } from "./analyze.ts";
import { findSeasonality } from "./seasonality.ts";
import { findTrend } from "./trend.ts";

let store: DatasetStore;
let films: Table;
beforeAll(async () => {
  store = await createBundledStore();
  films = await store.select("films");
});
afterAll(() => store.close());

/** Moments of a column by the textbook sums, which the statistics library does not use. */
const grossFigures = `SELECT count(x) AS count, sum(x) AS sum, min(x) AS minimum, max(x) AS maximum, avg(x) AS mean,
  sqrt((sum(x * x) - sum(x) * sum(x) / count(x)) / (count(x) - 1)) AS deviation
  FROM (SELECT CAST(value ->> 'US Gross' AS REAL) AS x FROM films WHERE value ->> 'US Gross' IS NOT NULL)`;

test("summarizes numbers as plain SQL does", () => {
  const [expected] = filmsSql(grossFigures);
  const middle = filmsSql(
    `SELECT value ->> 'US Gross' AS x FROM films WHERE x IS NOT NULL ORDER BY x LIMIT 2 OFFSET 1596`,
  );

  const summary = analyze(films).summary.find(({ column }) => column === "US Gross");

  expect(summary).toMatchObject({
    kind: "number",
    count: 3_194,
    missing: 7,
    minimum: 0,
    maximum: expected?.["maximum"],
  });
  expect(summary).toMatchObject({ median: (Number(middle[0]?.["x"]) + Number(middle[1]?.["x"])) / 2 });
  if (summary?.kind !== "number") throw new Error("US Gross must be summarized as numbers.");
  expect(summary.sum).toBeCloseTo(Number(expected?.["sum"]), 0);
  expect(summary.mean).toBeCloseTo(Number(expected?.["mean"]), 4);
  expect(summary.standardDeviation! / Number(expected?.["deviation"])).toBeCloseTo(1, 9);
});

test("summarizes text by its distinct and most frequent values", () => {
  const expected = filmsSql(`SELECT value ->> 'Major Genre' AS value, count(*) AS count FROM films
    WHERE value ->> 'Major Genre' IS NOT NULL GROUP BY 1 ORDER BY 2 DESC`).map((row) => ({ ...row }));

  const summary = analyze(films).summary.find(({ column }) => column === "Major Genre");

  expect(summary).toMatchObject({
    kind: "text",
    count: 2_926,
    missing: 275,
    distinct: expected.length,
    mostFrequent: expected.slice(0, 5),
  });
});

test.each([2, 3.5])("finds as many anomalies beyond %d standard deviations as plain SQL", (anomalyThreshold) => {
  const [expected] = filmsSql(`, figures AS (${grossFigures}) SELECT count(*) AS count,
    max((value ->> 'US Gross' - mean) / deviation) AS farthest FROM films, figures
    WHERE abs((value ->> 'US Gross' - mean) / deviation) > ${anomalyThreshold}`);

  const gross = analyze(films, { anomalyThreshold }).anomalies.find(({ column }) => column === "US Gross");

  expect(gross?.count).toBe(expected?.["count"]);
  expect(gross?.farthest).toHaveLength(10);
  expect(gross?.farthest[0]).toMatchObject({ value: 760_167_650, record: { Title: "Avatar" } });
  expect(gross?.farthest[0]?.zScore).toBeCloseTo(Number(expected?.["farthest"]), 6);
});

test("takes two standard deviations as the threshold by default", () => {
  expect(analyze(films).anomalies).toEqual(analyze(films, { anomalyThreshold: 2 }).anomalies);
});

test("correlates as the covariance formula in plain SQL does", () => {
  const [expected] = filmsSql(`SELECT count(*) AS n,
    (count(*) * sum(x * y) - sum(x) * sum(y)) /
    (sqrt(count(*) * sum(x * x) - sum(x) * sum(x)) * sqrt(count(*) * sum(y * y) - sum(y) * sum(y))) AS r
    FROM (SELECT CAST(value ->> 'Rotten Tomatoes Rating' AS REAL) AS x, value ->> 'IMDB Rating' AS y FROM films)
    WHERE x IS NOT NULL AND y IS NOT NULL`);

  const ratings = analyze(films).patterns.correlations.find(({ columns }) => columns.includes("IMDB Rating"));

  expect(ratings).toMatchObject({ columns: ["Rotten Tomatoes Rating", "IMDB Rating"], pairs: expected?.["n"] });
  expect(ratings?.coefficient).toBeCloseTo(Number(expected?.["r"]), 10);
});

test("finds the trend of a known line", () => {
  const months = Array.from({ length: 24 }, (_, index) => ({
    month: (index % 12) + 1,
    time: 2000 + (index + 0.5) / 12,
    value: 100 - 6 * (index / 12),
  }));

  const trend = findTrend("price", months);

  expect(trend).toMatchObject({ column: "price", months: 24, direction: "falling" });
  expect(trend?.slopePerYear).toBeCloseTo(-6, 8);
  expect(trend?.rSquared).toBeCloseTo(1, 8);
  expect(findTrend("price", months.slice(0, 11))).toBeUndefined();
});

test("finds seasons that are there, and none in a series without them", () => {
  const months = Array.from({ length: 60 }, (_, index) => ({
    month: (index % 12) + 1,
    time: 2000 + (index + 0.5) / 12,
    // Two values in turn, five years long: each month of the year gets both nearly equally often.
    value: (index * index) % 5,
  }));
  const withDecember = months.map((month) => ({ ...month, value: month.value + (month.month === 12 ? 20 : 0) }));

  expect(findSeasonality("sales", months)).toMatchObject({ seasonal: false });
  expect(findSeasonality("sales", withDecember)).toMatchObject({ seasonal: true, highestMonth: 12 });
  expect(findSeasonality("sales", months.slice(0, 35))).toBeUndefined();
});

test("tells the main points in sentences", async () => {
  const google = await store.select("stocks", { filters: [{ column: "symbol", operator: "eq", value: "GOOG" }] });

  const { insights, patterns } = analyze(google);

  expect(insights[0]).toBe("68 records were analyzed.");
  expect(insights).toContainEqual(expect.stringMatching(/^The monthly mean of "price" is rising by about /));
  expect(patterns).toMatchObject({ dateColumn: "date", correlations: [] });
  expect(analyze(films).insights).toContain('42% of the records have no "Director".');
});

test("has nothing to say about a table without rows", async () => {
  const nothing = await store.select("films", {
    filters: [{ column: "Title", operator: "eq", value: "No such film" }],
  });

  const analysis = analyze(nothing);

  expect(analysis).toMatchObject({ rowCount: 0, anomalies: [], insights: ["0 records were analyzed."] });
});
