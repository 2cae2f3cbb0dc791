import { renderBarChart, type Bar } from "./bar-chart.ts";
import { formatFigure } from "./format-figure.ts";
import type { Results } from "./results-file.ts";
import { inOrder, type CaseResult } from "./results.ts";

/** Cases that are worth a picture; the others have their table. */
const charted = new Set([
  "call-50",
  "legacy-call-50",
  "legacy-call-1000",
  "legacy-schema",
  "legacy-list-200",
  "progress",
  "legacy-progress",
  "legacy-stdio-pipelined",
  "legacy-cold-start",
  "idle-streams",
]);

/** The chart of a case, or undefined when it has none. @returns the SVG */
export function renderChart(result: CaseResult, { contestants }: Results): string | undefined {
  const [metric] = result.metrics;
  if (!charted.has(result.name) || metric === undefined) return undefined;
  const bars = inOrder(result).flatMap(({ contestant, spreads }): Bar[] => {
    const spread = spreads?.[metric.key];
    if (spread === undefined) return [];
    const label = contestants.find(({ name }) => name === contestant)?.title ?? contestant;
    return [{ label, value: spread.median, range: [spread.min, spread.max], kind: kindOf(contestant, result) }];
  });
  if (bars.length === 0) return undefined;
  const figures = bars.map(({ label, value }) => `${label} ${formatFigure(value)} ${metric.unit}`);
  return renderBarChart(bars, {
    title: `${result.title}: ${metric.title}`,
    description: `Less is better. ${figures.join("; ")}. The thin line in a bar goes from the lowest round to the highest.`,
    unit: metric.unit,
  });
}

/** The chart's place from the folder of the page. */
export function chartPath({ name }: CaseResult): string {
  return `performance/${name}.svg`;
}

function kindOf(contestant: string, { reference }: CaseResult): Bar["kind"] {
  if (contestant.startsWith("plinth") || contestant === "example-server") return "ours";
  return contestant === reference && contestant.startsWith("node") ? "reference" : "other";
}
