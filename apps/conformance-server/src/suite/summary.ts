/** One set's line in the summary. */
export interface SummaryRow {
  readonly set: string;
  readonly scenarios: number;
  /** Checks. */
  readonly passed: number;
  /** Checks that failed unexpectedly, and other deviations. */
  readonly failed: number;
  /** Scenarios. */
  readonly expectedFailures: number;
  readonly seconds: number;
}

/** The summary as a table for people. */
export function formatSummary(rows: readonly SummaryRow[]): string {
  const lines = [
    ["set", "scenarios", "passed", "failed", "expected failures", "seconds"],
    ...rows.map((row) =>
      [row.set, row.scenarios, row.passed, row.failed, row.expectedFailures, row.seconds].map(String),
    ),
  ];
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? [];
  return lines
    .map((line) =>
      line
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join("  "),
    )
    .join("\n");
}
