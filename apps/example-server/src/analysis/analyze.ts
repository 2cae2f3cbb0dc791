import type { Table } from "../store/dataset.ts";
import { findAnomalies } from "./anomalies.ts";
import { correlate } from "./correlation.ts";
import type { Findings } from "./findings.ts";
import { toInsights } from "./insights.ts";
import { type MonthlyMean, monthlySeries } from "./monthly-series.ts";
import { findSeasonality } from "./seasonality.ts";
import { summarize } from "./summary.ts";
import { findTrend } from "./trend.ts";
import { numberColumns } from "./values.ts";

/** Options for {@link analyze}. */
export interface AnalyzeOptions {
  /** Standard deviations from the mean beyond which a value is an anomaly. @default 2.0 */
  anomalyThreshold?: number | undefined;
}

/** What {@link analyze} finds, with the main points in sentences. */
export interface Analysis extends Findings {
  insights: string[];
}

/** Computes summary statistics, patterns and anomalies of a table, and says the main points in sentences. */
export function analyze(table: Table, { anomalyThreshold = 2 }: AnalyzeOptions = {}): Analysis {
  const findings: Findings = {
    rowCount: table.rows.length,
    summary: summarize(table),
    patterns: { correlations: correlate(table).slice(0, 10), ...findTimePatterns(table) },
    anomalyThreshold,
    anomalies: findAnomalies(table, { threshold: anomalyThreshold }),
  };
  return { ...findings, insights: toInsights(findings) };
}

function findTimePatterns(table: Table): Pick<Findings["patterns"], "dateColumn" | "trends" | "seasonality"> {
  const dateColumn = table.columns.find((column) => column.type === "date")?.name;
  if (dateColumn === undefined) return { dateColumn: null, trends: [], seasonality: [] };

  const series = numberColumns(table).map(({ name }) => ({ name, months: monthlySeries(table, dateColumn, name) }));
  function forEachColumn<Pattern>(find: (column: string, months: MonthlyMean[]) => Pattern | undefined): Pattern[] {
    return series.map(({ name, months }) => find(name, months)).filter((pattern) => pattern !== undefined);
  }
  return { dateColumn, trends: forEachColumn(findTrend), seasonality: forEachColumn(findSeasonality) };
}
