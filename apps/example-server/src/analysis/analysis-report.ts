import { escapeMarkdown, toMarkdown } from "../reports/markdown-report.ts";
import type { Analysis } from "./analyze.ts";

/** Writes an analysis as a Markdown document: what stands out first, then the figures of each column of numbers. */
export function toAnalysisReport(title: string, analysis: Analysis): string {
  const numbers = analysis.summary.filter((summary) => summary.kind === "number");
  const rows = numbers.map(({ column, count, missing, minimum, median, mean, maximum }) => {
    return [column, count, missing, minimum, median, mean, maximum];
  });
  const figures = toMarkdown(
    {
      headings: ["column", "count", "missing", "minimum", "median", "mean", "maximum"],
      keyCount: 1,
      rows,
      groupCount: rows.length,
    },
    title,
  );
  return `${figures}\n## Insights\n\n${analysis.insights.map((insight) => `- ${escapeMarkdown(insight)}`).join("\n")}\n`;
}
