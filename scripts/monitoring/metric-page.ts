import { metricDefinitions } from "../../packages/observability/src/metrics/definitions.ts";
import type { MetricDefinition } from "../../packages/observability/src/metrics/metric-definition.ts";

/** The reference page of the metrics. */
export function renderMetricPage(): string {
  const rows = metricDefinitions.map((definition) => [
    `\`${definition.name}\``,
    definition.type,
    definition.labels.map((label) => `\`${label}\``).join(" "),
    definition.merge,
    definition.help,
    sourceOf(definition),
  ]);
  const head = ["Metric", "Type", "Labels", "Workers", "What it says", "From"];
  return [
    "# Metrics",
    "",
    "Rendered from the definitions in `@plinth/observability` by `node scripts/write-reference.ts`; a test keeps it current. How to",
    "read them is in the [guide](../guides/observability.md).",
    "",
    "- **Labels**: words of the server alone, never a client's text. `target` is a name of the catalog, empty where a call addresses",
    "  nothing, and `other` for what is not in the catalog or is beyond the limit.",
    "- **Workers**: how the values of several processes become one.",
    "- **From**: the events of `server.events` that are counted; where it is empty, the metric is measured.",
    "",
    ...[head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`),
    "",
    "Beside these stand the `process_*` and `nodejs_*` metrics of prom-client. Workers add up, but of `nodejs_eventloop_lag_*` the",
    "worst is shown.",
    "",
    "Buckets in seconds:",
    "",
    ...metricDefinitions.flatMap(({ name, buckets }) =>
      buckets === undefined ? [] : [`- \`${name}\`: ${buckets.join(", ")}`],
    ),
    "",
  ].join("\n");
}

function sourceOf({ events }: MetricDefinition): string {
  if (events === undefined) return "";
  if (events.parts.length === 0) return "all";
  const actions = events.actions ?? (events.states && Object.keys(events.states));
  return `${events.parts.map((part) => `\`${part}\``).join(", ")}${actions === undefined ? "" : `: ${actions.join(", ")}`}`;
}
