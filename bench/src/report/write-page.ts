import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { chartPath, renderChart } from "./charts.ts";
import { renderPage } from "./page.ts";
import { renderReadme } from "./readme-table.ts";
import type { Results } from "./results-file.ts";

const root = new URL("../../../", import.meta.url);
const charts = new URL("docs/performance/", root);

/** Every file that shows results, by its path in the repository: the page, its charts, and the README with its table. */
export function pageFiles(results: Results): Map<string, string> {
  const files = new Map([
    ["docs/performance.md", renderPage(results)],
    ["README.md", renderReadme(readFileSync(new URL("README.md", root), "utf8"), results)],
  ]);
  for (const result of results.cases) {
    const chart = renderChart(result, results);
    if (chart !== undefined) files.set(`docs/${chartPath(result)}`, chart);
  }
  return files;
}

/** Writes the page, its charts and the README's table, and removes charts that no case has any more. */
export function writePage(results: Results): void {
  const files = pageFiles(results);
  mkdirSync(charts, { recursive: true });
  for (const name of readdirSync(charts)) {
    if (!files.has(`docs/performance/${name}`)) rmSync(new URL(name, charts));
  }
  for (const [path, content] of files) writeFileSync(new URL(path, root), content);
}
