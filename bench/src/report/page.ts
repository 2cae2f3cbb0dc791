import { budgets, type Figure } from "../budgets.ts";
import { isKept, judge, type Rounds } from "../verdict.ts";
import { chartPath, renderChart } from "./charts.ts";
import { formatFigure } from "./format-figure.ts";
import type { Results } from "./results-file.ts";
import { inOrder, type CaseResult } from "./results.ts";

/** Renders `docs/performance.md`. */
export function renderPage(results: Results): string {
  const sections = [
    introduction(results),
    overviewSection(results),
    budgetSection(results),
    ...results.cases.map((result) => caseSection(result, results)),
    methodSection(results),
    contestantSection(results),
    limitSection,
  ];
  return `${sections.map((section) => section.trim()).join("\n\n")}\n`;
}

function introduction({ date, full, machine, cases }: Results): string {
  const effort = full
    ? "The figures come from one full run of `pnpm bench`."
    : "**Not every figure here comes from a full run of `pnpm bench`; take them as a\nfirst look. Short warm-ups make the slower servers look slower than they are.**";
  const { processor, cores, memoryGigabytes, system, node } = machine;
  return `# Performance

<!-- Rendered from bench/results.json by \`pnpm bench --render\`; a test compares the two. -->

What a request costs a Plinth server, next to the servers of other frameworks and to a bare \`node:http\` server that
writes the same bytes. ${effort} It ended on ${date.slice(0, 10)}, on ${processor} (${cores} cores, ${memoryGigabytes} GB,
${system}) with Node ${node}, and measured ${cases.length} cases. Every answer was checked. Run it yourself:

\`\`\`sh
pnpm bench --quick   # a look in under three minutes
pnpm bench           # everything, about half an hour
\`\`\`

The first figure of each table is what contestants are compared by, the median of all rounds; *from - to* is its lowest and
highest round. *Ratio* is to the reference of the section, the median of the ratios of each round; mostly that is the bare
server, *B*. Less is better, but for requests per second. [How it is measured](#method) and
[what it does not show](#what-this-does-not-show) stand at the end.`;
}

/** The cases that most people ask about, side by side. */
const overviewCases: Readonly<Record<string, string>> = {
  "call-50": "call, 2026-07-28",
  "legacy-call-50": "call, 2025-11-25",
  "legacy-list-200": "list of 200, 2025-11-25",
  "legacy-stdio-pipelined": "stdio call, pipelined",
  "legacy-cold-start": "cold start",
};

function overviewSection({ cases, contestants }: Results): string {
  const shown = cases.filter(({ name }) => overviewCases[name] !== undefined);
  const rows = contestants.flatMap(({ name, title }) => {
    const cells = shown.map(({ metrics, outcomes }) => {
      const figure = outcomes.find(({ contestant }) => contestant === name)?.spreads?.[metrics[0]?.key ?? ""]?.median;
      return figure === undefined ? "-" : `${formatFigure(figure)} ${metrics[0]?.unit}`;
    });
    return cells.every((cell) => cell === "-") ? [] : [`| ${title} | ${cells.join(" | ")} |`];
  });
  return `## Overview

| | ${shown.map(({ name }) => overviewCases[name]).join(" | ")} |
| --- |${" --- |".repeat(shown.length)}
${rows.join("\n")}

CPU of the server per request, among 50 tools; for the cold start the time until the first list is answered. A dash has its
reason in the section of the case; the example server and \`node -e 0\` are there for their start alone.`;
}

function budgetSection(results: Results): string {
  const rows = budgets.map((budget) => {
    const { of, minus = of, against = of } = budget;
    if (new Set([of.case, minus.case, against.case]).size > 1) {
      return `| ${budget.title} | ${budget.limit} | - | for the guard, which measures both in turns |`;
    }
    const verdict = judge(budget, (figure) => roundsOf(figure, results));
    const word =
      verdict.value === undefined
        ? `not measured: ${toInline(verdict.reason ?? "")}`
        : isKept(verdict)
          ? "kept"
          : "**broken**";
    return `| ${budget.title} | ${budget.limit} | ${formatRatio(verdict.value)} | ${word} |`;
  });
  return `## Budgets

What Plinth promises about itself. \`pnpm bench --guard\` checks the ratios on every change, with head-room for busy machines.
Cases of a full run are measured minutes apart, too far for a budget that compares two of them.

| budget | at most | measured | |
| --- | --- | --- | --- |
${rows.join("\n")}`;
}

function roundsOf({ case: name, contestant, metric }: Figure, { cases }: Results): Rounds {
  const result = cases.find((candidate) => candidate.name === name);
  const outcome = result?.outcomes.find((candidate) => candidate.contestant === contestant);
  if (outcome?.samples === undefined) return { reason: outcome?.reason ?? "not in this run" };
  const key = metric ?? result?.metrics[0]?.key ?? "";
  return outcome.samples.map((sample) => sample[key] ?? Number.NaN);
}

function caseSection(result: CaseResult, results: Results): string {
  const { metrics, outcomes } = result;
  const titleOf = (contestant: string): string =>
    results.contestants.find(({ name }) => name === contestant)?.title ?? contestant;
  const hasRatio = outcomes.some(({ ratio }) => ratio !== undefined);
  const measured = inOrder(result).filter(({ spreads }) => spreads !== undefined);
  const head = [
    "",
    ...metrics.map(({ title, unit }) => `${title}, ${unit}`),
    "from - to",
    ...(hasRatio ? ["ratio"] : []),
  ];
  const rows = measured.map(({ contestant, spreads = {}, ratio }) => {
    const first = spreads[metrics[0]?.key ?? ""];
    const figures = metrics.map(({ key }) => formatFigure(spreads[key]?.median));
    const range = `${formatFigure(first?.min)} - ${formatFigure(first?.max)}`;
    return [titleOf(contestant), ...figures, range, ...(hasRatio ? [formatRatio(ratio?.median)] : [])];
  });
  const rounds = measured[0]?.samples?.length ?? 0;
  const reasons = outcomes.flatMap(({ contestant, reason }) =>
    reason === undefined ? [] : [`${titleOf(contestant)}: ${toInline(reason)}`],
  );
  const title = hasRatio ? ` The reference is ${titleOf(result.reference)}.` : "";
  const chart = renderChart(result, results);
  return `## ${result.title}

${result.about}${title} ${rounds === 1 ? "One round." : `${rounds} rounds.`}

${chart === undefined ? "" : `![${result.title}, as a bar chart; the table has the same figures](${chartPath(result)})\n\n`}| ${head.join(" | ")} |
|${head.map(() => " --- |").join("")}
${rows.map((row) => `| ${row.join(" | ")} |`).join("\n")}
${reasons.length === 0 ? "" : `\nWithout a figure: ${reasons.join("; ")}.\n`}`;
}

function methodSection({ method }: Results): string {
  const { rounds, roundMs, warmUp, connections, spawns } = method;
  return `## Method

- Every contestant runs in a process of its own, with \`NODE_ENV=production\`, set up as its documentation has it and without
  logging. Plinth runs from the compiled packages, as users get it.
- Every answer is checked: the first one whole (status, JSON-RPC id, content, notifications), those under load for status, id
  and content. A contestant with one wrong answer has no figure but the reason.
- Load comes from the benchmark's own process over loopback, through undici: ${connections} kept connections, one request on each.
- A server is warmed up with ${warmUp.requests.toLocaleString("en")} requests (${warmUp.leastMs} to ${warmUp.mostMs} ms), then measured in ${rounds} rounds of ${roundMs} ms. All
  contestants of a case take turns, each round starting one further, so that a busy moment hits all of them.
- CPU is what the server's process says of itself (\`process.cpuUsage()\`, all threads, garbage collection included) before and
  after each round, divided by the requests answered in between. That is the figure to compare: it hardly depends on how many
  cores are free. Requests per second and latency include the generator, which has a core of its own at best.
- A cold start goes from \`spawn\` to the first \`tools/list\` answered, ${spawns} times in turns, after one that is not counted.
- Memory is what is left in the heap after full garbage collections, and the line that fits it.
- Tools are defined with zod everywhere. List answers of the reference are rendered beforehand; its calls are parsed and
  written each time, without any check.`;
}

function contestantSection({ contestants, notMeasured }: Results): string {
  const rows = contestants.map(({ title, setup, versions }) => {
    const installed = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
    return `| ${title} | ${setup} | ${installed.join(", ")} |`;
  });
  const others = Object.entries(notMeasured).map(([name, reason]) => `- ${name}: ${reason}.`);
  return `## Contestants

| contestant | set-up | versions |
| --- | --- | --- |
${rows.join("\n")}

Not run:

${others.join("\n")}`;
}

const limitSection = `## What this does not show

- How fast your server is. Handlers here do nothing; yours read databases, and then all of this is a small part of the whole.
- How a server behaves on many cores, over a real network, behind TLS or under attack.
- What the contestants do besides answering. Some log, trace and count by default, some check hosts, origins and limits, and
  the bare server checks nothing. A low figure can mean that something is missing.
- Absolute figures of your machine. The ratios carry over, the microseconds do not.
- Sessions of legacy clients: all HTTP cases are stateless, because that is what every contestant can do.
- Small differences, when other programs ran beside it. Six runs of nine rounds on a busy two-core machine put one ratio to B
  anywhere from 1.44 to 1.71. Look at the ranges, and measure on an idle machine.
- Slow servers at their best. A warm-up ends after a number of requests or a time, whichever comes first; who is slow gets fewer
  requests, and is measured with less of its code compiled. In a quick run that counts for much.`;

function formatRatio(value: number | undefined): string {
  return value === undefined ? "-" : value.toFixed(2);
}

/** A reason may quote an answer; a page wants one short line of it, and no table or markup. */
function toInline(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  const short = line.length > 160 ? `${line.slice(0, 157)}...` : line;
  return short.replaceAll(/[\\`*_|<>[\]]/g, (character) => `\\${character}`);
}
