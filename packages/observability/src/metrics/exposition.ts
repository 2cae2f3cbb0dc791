import type { Metric, Registry } from "prom-client";
import type { MetricFamily } from "./metric-family.ts";

/** The two text formats that a scraper may ask for. Only OpenMetrics has exemplars. */
export type ExpositionFormat = "prometheus" | "openmetrics";

/** What a scraper is answered. */
export interface Exposition {
  readonly contentType: string;
  readonly text: string;
}

/** The format that an `Accept` header asks for; the classic one unless it prefers OpenMetrics. */
export function formatOf(accept: string | undefined): ExpositionFormat {
  const wanted = weightOf(accept, "application/openmetrics-text");
  return wanted > 0 && wanted >= weightOf(accept, "text/plain") ? "openmetrics" : "prometheus";
}

/** Writes metrics in one of the formats. prom-client is loaded here, when the first scraper comes. */
export async function expose(families: readonly MetricFamily[], format: ExpositionFormat): Promise<Exposition> {
  const registry = await toRegistry(families, format);
  return { contentType: registry.contentType, text: await registry.metrics() };
}

/** A registry of prom-client that has these values and no others. */
export async function toRegistry(families: readonly MetricFamily[], format: ExpositionFormat): Promise<Registry> {
  const { Registry } = await import("prom-client");
  const registry = new Registry();
  // Typed as if a registry had one format for ever; it is made with either.
  if (format === "openmetrics") registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never);
  for (const family of families) {
    // In OpenMetrics a counter's family has no suffix and its sample has one, which the registry adds.
    const name =
      format === "openmetrics" && family.type === "counter" ? family.name.replace(/_total$/, "") : family.name;
    const metric = { ...family, name };
    // What a registry wants of a metric is its name, its type and `get`, as prom-client's own aggregation has it.
    registry.registerMetric({ ...metric, get: () => metric } as unknown as Metric);
  }
  return registry;
}

/** The highest weight that a header gives to a type (RFC 9110, section 12.5.1); 0 when it does not name it. */
function weightOf(accept: string | undefined, type: string): number {
  let weight = 0;
  for (const range of accept?.split(",") ?? []) {
    const [name, ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    if (name !== type) continue;
    const q = parameters.find((parameter) => parameter.startsWith("q="));
    const own = q === undefined ? 1 : Number(q.slice(2));
    if (own > weight && own <= 1) weight = own;
  }
  return weight;
}
