import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { readResults } from "./results-file.ts";
import { pageFiles } from "./write-page.ts";

const root = new URL("../../../", import.meta.url);
const files = pageFiles(readResults());

it.each([...files.keys()])("%s is what bench/results.json renders; if not, run pnpm bench --render", (path) => {
  const committed = readFileSync(new URL(path, root), "utf8");

  expect(committed).toBe(files.get(path));
});

it("keeps no chart that the page does not show", () => {
  const charts = readdirSync(new URL("docs/performance/", root)).map((name) => `docs/performance/${name}`);

  expect(charts.filter((path) => !files.has(path))).toEqual([]);
});
