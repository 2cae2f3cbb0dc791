import { expect, test } from "vitest";
import { importDataset } from "../importing/import-dataset.ts";
import type { Filter, Scalar } from "../store/filter.ts";
import { createSqliteStore } from "../store/sqlite-store.ts";
import { matchesFilter } from "./matches-filter.ts";

test("matches the same cells as the store, for every operator and type", async () => {
  const values: Scalar[] = [0, -1, 2.5, true, false, "a", "A", "ab", "É", "é", "2024-01-31", "1"];
  const store = createSqliteStore({ path: ":memory:" });
  const source = JSON.stringify([...values, null].map((x) => ({ x, keep: 1 })));
  await importDataset(store, { id: "t", format: "json", source });
  const { rows } = await store.select("t", { columns: ["x"] });
  const column = "x";
  const filters: Filter[] = [
    { column, operator: "is_null" },
    { column, operator: "is_not_null" },
    { column, operator: "in", value: [0, "a", true] },
    ...values.flatMap((value): Filter[] => [
      ...(["eq", "ne", "lt", "lte", "gt", "gte"] as const).map((operator): Filter => ({ column, operator, value })),
      { column, operator: "contains", value: String(value) },
      { column, operator: "starts_with", value: String(value) },
    ]),
  ];

  for (const filter of filters) {
    const selected = await store.select("t", { columns: ["x"], filters: [filter] });
    const matched = rows.filter(([cell = null]) => matchesFilter(cell, filter));
    expect(matched, JSON.stringify(filter)).toEqual(selected.rows);
  }
  await store.close();
});
