import { formatFigure } from "./format-figure.ts";
import type { Results } from "./results-file.ts";

/** Rows of the table: one case for each thing that a reader waits or pays for. */
const rows: Readonly<Record<string, string>> = {
  "call-50": "`tools/call` over HTTP, 2026-07-28",
  "legacy-call-50": "`tools/call` over HTTP, 2025-11-25",
  "list-200": "`tools/list` of 200 tools over HTTP, 2026-07-28",
  "legacy-stdio-pipelined": "`tools/call` over stdio, 2025-11-25",
  "legacy-cold-start": "process started, first list answered, 2025-11-25",
  "in-memory": "test in memory: new server, connect, one call",
};

/** Columns: the floor, and those that the README compares by their features too. */
const columns = ["node", "plinth", "sdk-v2", "fastmcp", "tmcp"];

const begin = "<!-- Rendered from bench/results.json by `pnpm bench --render`; a test compares the two. -->";
const end = "<!-- End of what is rendered. -->";

/** Puts the figures of the results in the place that the README marks for them. @throws Error when it marks none */
export function renderReadme(readme: string, results: Results): string {
  const [before, rest] = splitAt(readme, begin);
  const [, after] = splitAt(rest, end);
  return `${before}${begin}\n\n${renderReadmeTable(results)}\n\n${end}${after}`;
}

function renderReadmeTable({ cases, contestants, date, full, machine }: Results): string {
  const shown = columns.flatMap((name) => contestants.find((contestant) => contestant.name === name) ?? []);
  const lines = Object.entries(rows).flatMap(([name, label]) => {
    const result = cases.find((candidate) => candidate.name === name);
    const [metric] = result?.metrics ?? [];
    if (result === undefined || metric === undefined) return [];
    const cells = shown.map((contestant) => {
      const outcome = result.outcomes.find((candidate) => candidate.contestant === contestant.name);
      const figure = outcome?.spreads?.[metric.key]?.median;
      return figure === undefined ? "-" : `${formatFigure(figure)} ${metric.unit}`;
    });
    return [`| ${label} | ${cells.join(" | ")} |`];
  });
  const { processor, cores, node } = machine;
  const warning = full ? "" : " Not all of it is from a full run: take it as a first look.";
  return `| | ${shown.map(({ title }) => title).join(" | ")} |
| --- |${" --- |".repeat(shown.length)}
${lines.join("\n")}

Measured on ${date.slice(0, 10)} with Node ${node}, on ${processor} (${cores} cores).${warning}`;
}

function splitAt(text: string, mark: string): [before: string, after: string] {
  const at = text.indexOf(mark);
  if (at === -1) throw new Error(`README.md has no line "${mark}"; put it back where the figures go`);
  return [text.slice(0, at), text.slice(at + mark.length)];
}
