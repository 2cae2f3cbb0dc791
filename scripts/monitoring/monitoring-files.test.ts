import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { createMetrics } from "../../packages/observability/src/metrics/create-metrics.ts";
import { metricDefinitions } from "../../packages/observability/src/metrics/definitions.ts";
import { renderAlertRules } from "./alert-rules.ts";
import { alerts } from "./alerts.ts";
import { renderDashboard } from "./dashboard.ts";
import { metricNamesIn } from "./metric-names.ts";
import { checkMonitoringFiles } from "./monitoring-files.ts";
import { panelRows } from "./panels.ts";

const queries = panelRows.flatMap(({ panels }) => panels.flatMap((panel) => panel.queries.map(({ expr }) => expr)));
const suffix = /_(?:bucket|sum|count)$/;

it("What is rendered from the definitions is current; if not, run node scripts/write-reference.ts", () => {
  expect(checkMonitoringFiles).not.toThrow();
});

it("Every metric that a panel or an alert asks for exists, here or in what prom-client measures", async () => {
  const known = new Set(["up", ...metricDefinitions.map(({ name }) => name)]);
  const { text } = await createMetrics().render();
  for (const [, name = ""] of text.matchAll(/^# TYPE (\S+)/gm)) known.add(name);

  const asked = [...queries, ...alerts.map(({ expr }) => expr)].flatMap(metricNamesIn);

  expect(asked.filter((name) => !known.has(name) && !known.has(name.replace(suffix, "")))).toStrictEqual([]);
  expect(asked.length).toBeGreaterThan(40);
});

it("Every metric of ours is on the dashboard, so that none is kept that nobody looks at", () => {
  const shown = new Set(queries.flatMap(metricNamesIn).map((name) => name.replace(suffix, "")));

  const hidden = metricDefinitions.filter(({ name }) => !shown.has(name)).map(({ name }) => name);

  expect(hidden).toStrictEqual([]);
});

it.each(metricDefinitions)(
  "$name is named as Prometheus asks for it",
  ({ name, type, unit, labels, help, buckets }) => {
    const base = name.replace(/_total$/, "");

    expect(name).toMatch(/^plinth_[a-z_]+$/);
    expect(name.endsWith("_total")).toBe(type === "counter");
    expect(unit === undefined || base.endsWith(`_${unit}`)).toBe(true);
    expect(labels.every((label) => /^[a-z]+$/.test(label) && label !== "le")).toBe(true);
    expect(help).toMatch(/^[A-Z].+\.$/);
    expect(buckets !== undefined).toBe(type === "histogram");
  },
);

it("The rules are YAML with an alert for each entry, each tested by promtool's file too", () => {
  const { groups } = parse(renderAlertRules()) as {
    readonly groups: [{ readonly rules: { readonly alert: string }[] }];
  };
  const tests = readFileSync(join(import.meta.dirname, "alerts.test.yml"), "utf8");

  const names = groups[0].rules.map(({ alert }) => alert);

  expect(names).toStrictEqual(alerts.map(({ name }) => name));
  for (const name of names) expect(tests.split(name).length - 1).toBe(2);
});

it("The dashboard is JSON whose panels have numbers of their own and lie beside each other", () => {
  const { panels } = JSON.parse(renderDashboard()) as {
    readonly panels: { readonly id: number; readonly gridPos: { x: number; y: number; w: number; h: number } }[];
  };

  const overlapping = panels.flatMap(({ id, gridPos: a }) =>
    panels.filter(
      ({ id: other, gridPos: b }) =>
        other > id && a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h,
    ),
  );

  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  expect(overlapping).toStrictEqual([]);
});
