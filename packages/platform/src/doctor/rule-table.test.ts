import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { rules } from "./rule-table.ts";

const folder = join(import.meta.dirname, "rules");

test("Every rule stands in the table once, in a file of its own name, and is tested", () => {
  const files = readdirSync(folder);
  const tests = files
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => readFileSync(join(folder, file), "utf8"));

  const ids = rules.map(({ id }) => id);

  expect(ids.map((id) => `${id}.ts`).toSorted()).toEqual(files.filter((file) => !file.endsWith(".test.ts")).toSorted());
  for (const id of ids) expect(tests.join("\n")).toContain(`foundBy("${id}"`);
});

test("The texts of a rule fit into a table of Markdown", () => {
  const texts = rules.flatMap(({ finds, why, remedy, sources = [] }) => [finds, why, remedy, ...sources]);

  for (const text of texts) expect(text).not.toMatch(/\n|\s\s|^\s|\s$/);
  for (const { why, remedy } of rules) expect(`${why}${remedy}`).toMatch(/\.$/);
});
