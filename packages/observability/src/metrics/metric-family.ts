import type { MetricDefinition, MergeRule } from "./metric-definition.ts";

/** A sample that leads to a trace (OpenMetrics 1.0, section 4.6.1). */
export interface SampleExemplar {
  readonly labelSet: Readonly<Record<string, string>>;
  readonly value: number;
  /** Unix time in seconds. */
  readonly timestamp: number;
}

/** One value of a metric. */
export interface Sample {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
  /** Where it differs from the metric's own: `_bucket`, `_sum`, `_count`. */
  readonly metricName?: string;
  readonly exemplar?: SampleExemplar;
}

/** A metric with its values at one moment, as prom-client has it, and as it travels between processes. */
export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly aggregator: MergeRule | "average" | "omit";
  readonly values: readonly Sample[];
}

/** Puts values under their definition. What is no number is left out: no query could do anything with it. */
export function toFamily({ name, help, type, merge }: MetricDefinition, values: readonly Sample[]): MetricFamily {
  return { name, help, type, aggregator: merge, values: values.filter(({ value }) => Number.isFinite(value)) };
}
