import { panelRows, type Panel } from "./panels.ts";

const datasource = { type: "prometheus", uid: "${datasource}" };

/** Grafana's grid has 24 columns. */
const columns = 24;

/** The dashboard as Grafana provisions it. */
export function renderDashboard(): string {
  const panels: object[] = [];
  let y = 0;
  for (const row of panelRows) {
    panels.push({
      id: panels.length + 1,
      type: "row",
      title: row.title,
      collapsed: false,
      gridPos: { h: 1, w: columns, x: 0, y },
      panels: [],
    });
    y += 1;
    for (const kind of ["stat", "timeseries"] as const) {
      const own = row.panels.filter((panel) => panel.kind === kind);
      const [w, h] = kind === "stat" ? [6, 4] : [12, 8];
      for (const [index, panel] of own.entries()) {
        const x = (index * w) % columns;
        panels.push(toPanel(panel, panels.length + 1, { h, w, x, y }));
        if (x + w === columns || index === own.length - 1) y += h;
      }
    }
  }
  const dashboard = {
    uid: "plinth",
    title: "Plinth",
    description: "An MCP server built with Plinth: what its users feel, and why.",
    tags: ["plinth", "mcp"],
    schemaVersion: 39,
    editable: true,
    graphTooltip: 1,
    refresh: "10s",
    time: { from: "now-1h", to: "now" },
    timezone: "",
    templating: {
      list: [
        { name: "datasource", label: "Source", type: "datasource", query: "prometheus", current: {}, hide: 0 },
        variable("job", "Job", "label_values(plinth_build_info, job)"),
        variable("instance", "Instance", 'label_values(plinth_build_info{job=~"$job"}, instance)'),
        variable(
          "target",
          "Target",
          'label_values(plinth_call_duration_seconds_count{job=~"$job", instance=~"$instance"}, target)',
        ),
      ],
    },
    panels,
  };
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}

function variable(name: string, label: string, query: string): object {
  return {
    name,
    label,
    type: "query",
    datasource,
    query: { query, refId: name },
    definition: query,
    refresh: 2,
    includeAll: true,
    // Not a list of what there is: that would leave out calls without a target.
    allValue: ".*",
    multi: true,
    current: { text: "All", value: "$__all" },
    sort: 1,
  };
}

function toPanel({ title, kind, unit, queries, description }: Panel, id: number, gridPos: object): object {
  return {
    id,
    type: kind,
    title,
    ...(description !== undefined && { description }),
    datasource,
    gridPos,
    targets: queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode(65 + index),
      datasource,
      expr,
      legendFormat: legend === "" ? "__auto" : legend,
      exemplar: expr.includes("_bucket"),
    })),
    fieldConfig: {
      defaults: { unit, min: 0, ...(kind === "timeseries" && { custom: { fillOpacity: 8, showPoints: "never" } }) },
      overrides: [],
    },
    options:
      kind === "stat"
        ? { reduceOptions: { calcs: ["lastNotNull"] }, colorMode: "none", graphMode: "area" }
        : { legend: { displayMode: "list", placement: "bottom" }, tooltip: { mode: "multi", sort: "desc" } },
  };
}
