import type { ColumnAnomalies } from "./anomalies.ts";
import type { Correlation } from "./correlation.ts";
import type { Seasonality } from "./seasonality.ts";
import type { ColumnSummary } from "./summary.ts";
import type { Trend } from "./trend.ts";

/** The figures of an analysis. */
export interface Findings {
  rowCount: number;
  summary: ColumnSummary[];
  patterns: {
    /** The ten strongest, strongest first. */
    correlations: Correlation[];
    /** The date column that trends and seasonality follow; null when the table has none. */
    dateColumn: string | null;
    trends: Trend[];
    seasonality: Seasonality[];
  };
  anomalyThreshold: number;
  anomalies: ColumnAnomalies[];
}
