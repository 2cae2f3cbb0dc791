import { formatFigure } from "./format-figure.ts";
import { inOrder, type CaseResult } from "./results.ts";

/** One case as a table for the terminal, fastest first, contestants without a number last with their reason. */
export function renderTable(result: CaseResult): string {
  const { metrics, outcomes, reference } = result;
  const hasRatio = outcomes.some(({ ratio }) => ratio !== undefined);
  const header = [
    "",
    ...metrics.map(({ key, unit }) => `${key} ${unit}`),
    "spread",
    ...(hasRatio ? [`x ${reference}`] : []),
  ];
  const measured = inOrder(result).filter(({ spreads }) => spreads !== undefined);
  const rows = measured.map(({ contestant, spreads = {}, ratio }) => {
    const first = spreads[metrics[0]?.key ?? ""];
    return [
      contestant,
      ...metrics.map(({ key }) => formatFigure(spreads[key]?.median)),
      `${formatFigure(first?.min)}..${formatFigure(first?.max)}`,
      ...(hasRatio ? [ratio === undefined ? "-" : ratio.median.toFixed(2)] : []),
    ];
  });
  const reasons = outcomes.flatMap(({ contestant, reason }) =>
    reason === undefined ? [] : [`  ${contestant}: ${firstLine(reason)}`],
  );
  return [`${result.name}: ${result.title}`, ...align([header, ...rows]), ...reasons].join("\n");
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}

function align(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, index) => Math.max(...rows.map((row) => (row[index] ?? "").length)));
  return rows.map((row) =>
    `  ${row.map((cell, index) => (index === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[index] ?? 0))).join("  ")}`.trimEnd(),
  );
}
