import type { Registry } from "prom-client";
import type { MetricFamily } from "./metric-family.ts";

/**
 * The process itself: one for the whole process, because it starts an observer of the garbage collector and one of the
 * event loop that prom-client has no way to stop.
 */
let processRegistry: Promise<Registry> | undefined;

/** Processor time, memory, garbage collection and event loop of this process, as prom-client measures them. */
export async function runtimeFamilies(): Promise<MetricFamily[]> {
  processRegistry ??= startCollecting();
  const families = await toFamilies(await processRegistry);
  // Sums of what other gauges tell by type, under a suffix that only counters may have.
  return families.filter(({ type, name }) => type !== "gauge" || !name.endsWith("_total"));
}

/** What a registry of prom-client has now. */
export async function toFamilies(registry: Registry): Promise<MetricFamily[]> {
  const families = (await registry.getMetricsAsJSON()) as unknown as readonly MetricFamily[];
  return families.map((family) => ({
    ...family,
    aggregator: mergeRuleOf(family),
    values: family.values.filter(({ value }) => Number.isFinite(value)),
  }));
}

async function startCollecting(): Promise<Registry> {
  const { collectDefaultMetrics, Registry } = await import("prom-client");
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

/** The average delay of several event loops would hide the one that is blocked. */
function mergeRuleOf({ name, aggregator }: MetricFamily): MetricFamily["aggregator"] {
  if (name.startsWith("nodejs_eventloop_lag_") && aggregator === "average") return "max";
  return aggregator ?? "sum";
}
