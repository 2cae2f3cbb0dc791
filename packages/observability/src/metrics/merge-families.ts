import type { MetricFamily, Sample } from "./metric-family.ts";

/** The metrics of several processes as one. Those of one process are what they are. */
export function mergeFamilies(processes: readonly (readonly MetricFamily[])[]): readonly MetricFamily[] {
  if (processes.length === 1) return processes[0] ?? [];
  const byName = new Map<string, { readonly first: MetricFamily; readonly samples: Map<string, Sample[]> }>();
  for (const family of processes.flat()) {
    let merged = byName.get(family.name);
    if (merged === undefined) byName.set(family.name, (merged = { first: family, samples: new Map() }));
    for (const sample of family.values) {
      const key = keyOf(sample);
      const alike = merged.samples.get(key);
      if (alike === undefined) merged.samples.set(key, [sample]);
      else alike.push(sample);
    }
  }
  return [...byName.values()].flatMap(({ first, samples }) =>
    first.aggregator === "omit"
      ? []
      : [{ ...first, values: [...samples.values()].map((alike) => mergeSamples(alike, first.aggregator)) }],
  );
}

/**
 * What a process that has ended leaves behind: its counts. Without them a sum would fall when it ends, which Prometheus
 * takes for a restart, and then counts everything again.
 */
export function countsOf(families: readonly MetricFamily[]): MetricFamily[] {
  return families.filter(
    ({ type, aggregator }) => aggregator === "sum" && (type === "counter" || type === "histogram"),
  );
}

function keyOf({ metricName, labels }: Sample): string {
  return JSON.stringify([metricName, ...Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))]);
}

function mergeSamples(samples: readonly Sample[], aggregator: MetricFamily["aggregator"]): Sample {
  const [first] = samples as [Sample];
  if (samples.length === 1) return first;
  const values = samples.map(({ value }) => value);
  const exemplar = samples.flatMap(({ exemplar }) => exemplar ?? []).toSorted((a, b) => b.timestamp - a.timestamp)[0];
  return { ...first, value: mergeValues(values, aggregator), ...(exemplar !== undefined && { exemplar }) };
}

function mergeValues(values: readonly number[], aggregator: MetricFamily["aggregator"]): number {
  switch (aggregator) {
    case "max":
      return Math.max(...values);
    case "min":
      return Math.min(...values);
    case "average":
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    case "first":
    case "omit":
      return values[0] as number;
    case "sum":
      return values.reduce((sum, value) => sum + value, 0);
  }
}
