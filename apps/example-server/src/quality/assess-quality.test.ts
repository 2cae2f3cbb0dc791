import { expect, test } from "vitest";
import { importDataset } from "../importing/import-dataset.ts";
import type { Table } from "../store/dataset.ts";
import { createSqliteStore } from "../store/sqlite-store.ts";
import { createBundledStore } from "../testing/bundled-store.ts";
import { filmsSql } from "../testing/films-sql.ts";
import { assessQuality } from "./assess-quality.ts";
import { defaultRules, type QualityRules, qualityRulesSchema } from "./quality-rules.ts";

async function toTable(csv: string): Promise<Table> {
  const store = createSqliteStore({ path: ":memory:" });
  await importDataset(store, { id: "t", format: "csv", source: csv });
  const table = await store.select("t");
  await store.close();
  return table;
}

async function films(): Promise<Table> {
  const store = await createBundledStore();
  const table = await store.select("films");
  await store.close();
  return table;
}

test("counts valid and invalid records, and scores the share of checks that pass", async () => {
  const table = await toTable("name,age,joined\nAda,36,2024-01-01\n,old,2024-02-01\nBob,200,\n");
  const rules = qualityRulesSchema.parse({
    required: ["name"],
    types: { age: "number" },
    ranges: { age: { minimum: 0, maximum: 150 }, joined: { maximum: "2024-01-31" } },
  });

  const quality = assessQuality(table, rules);

  // Four rules times three records make twelve checks. Record 2 breaks all four, record 3 one.
  expect(quality).toMatchObject({ recordCount: 3, validCount: 1, invalidCount: 2, score: 58.3 });
  expect(quality.rules.map(({ rule, column, failures }) => [rule, column, failures])).toEqual([
    ["range", "age", 2],
    ["required", "name", 1],
    ["type", "age", 1],
    ["range", "joined", 1],
  ]);
  expect(quality.findings.map(({ record, problems }) => [record, problems.length])).toEqual([
    [2, 4],
    [3, 1],
  ]);
  expect(quality.findings[1]?.problems).toEqual([
    { column: "age", value: 200, expectation: '"age" must be between 0 and 150' },
  ]);
  expect(quality.recommendations).toHaveLength(4);
});

test("finds in the films what plain SQL finds", async () => {
  const [expected] = filmsSql(`SELECT
    sum(value ->> 'Director' IS NULL) AS noDirector,
    sum(value ->> 'IMDB Rating' < 3) AS badRating,
    sum(value ->> 'Director' IS NULL OR coalesce(value ->> 'IMDB Rating' < 3, false)) AS invalid
    FROM films`);

  const quality = assessQuality(await films(), { required: ["Director"], ranges: { "IMDB Rating": { minimum: 3 } } });

  expect(quality.rules.map(({ failures }) => failures)).toEqual([expected?.["noDirector"], expected?.["badRating"]]);
  expect(quality.invalidCount).toBe(expected?.["invalid"]);
  expect(quality.validCount).toBe(3_201 - Number(expected?.["invalid"]));
});

test("has rules for data that comes without any: titles that are numbers, dates in the future", async () => {
  const table = await films();

  const quality = assessQuality(table, defaultRules(table.columns, new Date("2012-01-01T00:00:00Z")));

  const [future] = filmsSql(`SELECT count(*) AS count FROM films
    WHERE CAST(substr(value ->> 'Release Date', -4) AS INTEGER) > 2011 AND value ->> 'Release Date' <> 'Jan 01 2012'`);
  expect(quality.rules).toEqual([
    expect.objectContaining({ rule: "range", column: "Release Date", failures: future?.["count"] }),
    expect.objectContaining({ rule: "type", column: "Title", failures: 9 }),
  ]);
});

const customRules: [string, NonNullable<QualityRules["custom"]>[number], number[]][] = [
  ["in", { name: "x", condition: { column: "size", operator: "in", value: ["S", "M"] } }, [3]],
  ["ne", { name: "x", condition: { column: "size", operator: "ne", value: "S" } }, [1]],
  ["contains", { name: "x", condition: { column: "size", operator: "contains", value: "m" } }, [1, 3]],
  ["starts_with", { name: "x", condition: { column: "size", operator: "starts_with", value: "s" } }, [2, 3]],
  ["is_null", { name: "x", condition: { column: "sold", operator: "is_null" } }, [1, 2, 3]],
  ["is_not_null", { name: "x", condition: { column: "size", operator: "is_not_null" } }, [4]],
  ["gt", { name: "x", condition: { column: "sold", operator: "gt", value: 4 } }, [2]],
  ["two columns", { name: "x", compare: { column: "sold", operator: "lte", with: "bought" } }, [1]],
];
test.each(customRules)("applies the custom rule %s, and lets what is missing pass", async (_name, rule, invalid) => {
  const table = await toTable("size,sold,bought\nS,5,4\nM,4,4\nXL,5,6\n,,1\n");

  const quality = assessQuality(table, qualityRulesSchema.parse({ custom: [rule] }));

  expect(quality.findings.map(({ record }) => record)).toEqual(invalid);
});

test("bounds the findings but not the counts", async () => {
  const quality = assessQuality(await films(), { required: ["Director"] }, { maxFindings: 5 });

  expect(quality.findings).toHaveLength(5);
  expect(quality.invalidCount).toBe(1_331);
});

test("never scores 100 while something is wrong, and does when nothing is", async () => {
  const good = await toTable(`n\n${"1\n".repeat(4_999)}`);
  const bad = await toTable(`n\n${"1\n".repeat(4_999)}x\n`);

  expect(assessQuality(good, { types: { n: "number" } })).toMatchObject({ score: 100, findings: [] });
  expect(assessQuality(bad, { types: { n: "number" } }).score).toBe(99.9);
});

test("refuses rules for columns that are not there", async () => {
  const table = await toTable("n\n1\n");

  expect(() => assessQuality(table, { required: ["m"] })).toThrow(/no column "m"/);
});
