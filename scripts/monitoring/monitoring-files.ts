import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { renderAlertRules } from "./alert-rules.ts";
import { renderAlertTable } from "./alert-table.ts";
import { renderDashboard } from "./dashboard.ts";
import { renderMetricPage } from "./metric-page.ts";

const root = join(import.meta.dirname, "../..");

/** The page whose table of alerts is rendered; the rest of it is written by hand. */
const guide = "docs/guides/observability.md";

/** What is rendered from the definitions of the metrics, by path. */
function renderAll(): ReadonlyMap<string, string> {
  return new Map([
    ["docs/reference/metrics.md", renderMetricPage()],
    ["deploy/grafana/plinth.json", renderDashboard()],
    ["deploy/prometheus/plinth-alerts.yml", renderAlertRules()],
    [guide, withAlertTable(readFileSync(join(root, guide), "utf8"))],
  ]);
}

/** Writes the reference page of the metrics, the dashboard, the alert rules and their table. */
export function writeMonitoringFiles(): void {
  for (const [path, text] of renderAll()) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

/** Checks that those files are current. @throws Error that says which one is not */
export function checkMonitoringFiles(): void {
  for (const [path, text] of renderAll()) {
    if (readFileSync(join(root, path), "utf8") !== text) {
      throw new Error(`${path} is out of date; run node scripts/write-reference.ts`);
    }
  }
}

const [begin, end] = ["<!-- Rendered by `node scripts/write-reference.ts`. -->", "<!-- End of what is rendered. -->"];

function withAlertTable(page: string): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`${guide} has no place for the table of alerts: ${begin} and ${end}`);
  return `${page.slice(0, from)}${begin}\n\n${renderAlertTable()}\n${page.slice(to)}`;
}
