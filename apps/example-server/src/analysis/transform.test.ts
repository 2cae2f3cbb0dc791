import { mean, sampleStandardDeviation } from "simple-statistics";
import { beforeAll, expect, test } from "vitest";
import { importDataset } from "../importing/import-dataset.ts";
import type { Table } from "../store/dataset.ts";
import { createSqliteStore } from "../store/sqlite-store.ts";
import { type TransformStep, transformStepSchema } from "./transform-step.ts";
import { transform } from "./transform.ts";

let table: Table;
beforeAll(async () => {
  const store = createSqliteStore({ path: ":memory:" });
  await importDataset(store, { id: "t", format: "csv", source: "name,n\na,2\nb,\na,6\n7,1\n" });
  table = await store.select("t");
  await store.close();
});

const cases: [TransformStep[], unknown[][]][] = [
  [[{ step: "keep_columns", columns: ["n"] }], [[2], [null], [6], [1]]],
  [
    [{ step: "drop_missing", columns: ["n"] }],
    [
      ["a", 2],
      ["a", 6],
      [7, 1],
    ],
  ],
  [
    [{ step: "fill_missing", column: "n", with: "mean" }],
    [
      ["a", 2],
      ["b", 3],
      ["a", 6],
      [7, 1],
    ],
  ],
  [
    [{ step: "fill_missing", column: "n", with: "median" }],
    [
      ["a", 2],
      ["b", 2],
      ["a", 6],
      [7, 1],
    ],
  ],
  [
    [{ step: "fill_missing", column: "n", with: 0 }],
    [
      ["a", 2],
      ["b", 0],
      ["a", 6],
      [7, 1],
    ],
  ],
  [
    [{ step: "to_text", column: "name" }],
    [
      ["a", 2],
      ["b", null],
      ["a", 6],
      ["7", 1],
    ],
  ],
  [
    [{ step: "normalize", column: "n", method: "min_max" }],
    [
      ["a", 0.2],
      ["b", null],
      ["a", 1],
      [7, 0],
    ],
  ],
  [
    [{ step: "deduplicate", columns: ["name"] }],
    [
      ["a", 2],
      ["b", null],
      [7, 1],
    ],
  ],
  [
    [
      { step: "rename", column: "n", to: "count" },
      { step: "keep_columns", columns: ["count"] },
    ],
    [[2], [null], [6], [1]],
  ],
];
test.each(cases)("applies %j", (steps, rows) => {
  const before = structuredClone(table);

  const result = transform(
    table,
    steps.map((step) => transformStepSchema.parse(step)),
  );

  expect(result.rows).toEqual(rows);
  expect(table).toEqual(before);
});

test("normalizes to mean 0 and standard deviation 1", () => {
  const { rows } = transform(table, [
    { step: "drop_missing", columns: ["n"] },
    { step: "normalize", column: "n", method: "z_score" },
  ]);

  const values = rows.map((row) => Number(row[1]));
  expect(mean(values)).toBeCloseTo(0, 12);
  expect(sampleStandardDeviation(values)).toBeCloseTo(1, 12);
});

test("counts the columns anew", () => {
  const result = transform(table, [
    { step: "to_text", column: "name" },
    { step: "fill_missing", column: "n", with: 0 },
  ]);

  expect(result.columns.map(({ name, type, missing }) => [name, type, missing])).toEqual([
    ["name", "text", 0],
    ["n", "number", 0],
  ]);
});

test.each<TransformStep>([
  { step: "keep_columns", columns: ["nope"] },
  { step: "rename", column: "n", to: "name" },
  { step: "fill_missing", column: "name", with: "mean" },
])("refuses %j", (step) => {
  const textOnly = transform(table, [{ step: "to_text", column: "name" }]);

  expect(() => transform(textOnly, [step])).toThrow(expect.objectContaining({ code: "INVALID" }));
});
