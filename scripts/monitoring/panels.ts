/** One query of a panel. */
export interface Query {
  readonly expr: string;
  /** What its line is called; Grafana fills in the labels. */
  readonly legend: string;
}

/** One panel of the dashboard. */
export interface Panel {
  readonly title: string;
  readonly description?: string;
  readonly kind: "timeseries" | "stat";
  /** Grafana's name of the unit. */
  readonly unit: "short" | "reqps" | "ops" | "percentunit" | "s" | "bytes";
  readonly queries: readonly Query[];
}

/** A heading with its panels. */
export interface PanelRow {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** What the dashboard's variables choose. */
const chosen = 'job=~"$job", instance=~"$instance"';
const calls = `${chosen}, target=~"$target"`;

/** The dashboard from top to bottom: what users feel first, why it is so further down. */
export const panelRows: readonly PanelRow[] = [
  {
    title: "Calls",
    panels: [
      stat("Calls a second", "reqps", `sum(rate(plinth_call_duration_seconds_count{${calls}}[$__rate_interval]))`),
      stat(
        "Failed",
        "percentunit",
        `sum(rate(plinth_call_duration_seconds_count{${calls}, outcome=~"tool-error|refused|failed"}[$__rate_interval])) / sum(rate(plinth_call_duration_seconds_count{${calls}}[$__rate_interval]))`,
      ),
      stat(
        "95 % answered within",
        "s",
        `histogram_quantile(0.95, sum by (le) (rate(plinth_call_duration_seconds_bucket{${calls}}[$__rate_interval])))`,
      ),
      stat("In flight", "short", `sum(plinth_calls_in_flight{${chosen}})`),
      graph("Calls by target", "reqps", [
        [
          `sum by (method, target) (rate(plinth_call_duration_seconds_count{${calls}}[$__rate_interval]))`,
          "{{method}} {{target}}",
        ],
      ]),
      graph("Duration, 95 %, by target", "s", [
        [
          `histogram_quantile(0.95, sum by (method, target, le) (rate(plinth_call_duration_seconds_bucket{${calls}}[$__rate_interval])))`,
          "{{method}} {{target}}",
        ],
      ]),
      graph("Errors by code", "ops", [
        [`sum by (code) (rate(plinth_call_errors_total{${calls}}[$__rate_interval]))`, "{{code}}"],
      ]),
      graph("Errors by target", "ops", [
        [`sum by (target, code) (rate(plinth_call_errors_total{${calls}}[$__rate_interval]))`, "{{target}} {{code}}"],
      ]),
      graph("In flight by target", "short", [
        [`sum by (method, target) (plinth_target_calls_in_flight{${calls}}) > 0`, "{{method}} {{target}}"],
      ]),
      graph("Labels", "short", [[`max(plinth_target_names{${chosen}})`, "targets"]]),
    ],
  },
  {
    title: "Protection",
    panels: [
      graph("Refused", "ops", [
        [`sum by (target) (rate(plinth_rate_limited_total{${calls}}[$__rate_interval]))`, "over the limit: {{target}}"],
        [`sum by (target) (rate(plinth_concurrency_shed_total{${calls}}[$__rate_interval]))`, "too many: {{target}}"],
      ]),
      graph(
        "Circuit breakers",
        "short",
        [[`max by (target) (plinth_circuit_breaker_state{${calls}})`, "{{target}}"]],
        "0 closed, 1 half open, 2 open",
      ),
      graph("Cache", "ops", [
        [`sum by (action) (rate(plinth_cache_requests_total{${calls}}[$__rate_interval]))`, "{{action}}"],
      ]),
      graph("Retries", "ops", [
        [`sum by (target) (rate(plinth_retries_total{${calls}}[$__rate_interval]))`, "{{target}}"],
      ]),
      graph("Sandbox runs", "ops", [
        [`sum by (action) (rate(plinth_sandbox_runs_total{${chosen}}[$__rate_interval]))`, "{{action}}"],
      ]),
      graph("Denied", "ops", [
        [`sum(rate(plinth_fetches_total{${chosen}, action="denied"}[$__rate_interval]))`, "addresses"],
        [`sum(rate(plinth_file_refusals_total{${chosen}}[$__rate_interval]))`, "paths"],
        [`sum(rate(plinth_audit_failures_total{${chosen}}[$__rate_interval]))`, "audit failures"],
      ]),
      graph("HTTP requests refused", "ops", [
        [`sum by (status) (rate(plinth_http_refusals_total{${chosen}}[$__rate_interval]))`, "{{status}}"],
      ]),
      graph("Stores and audit", "short", [
        [
          `sum by (part) (increase(plinth_store_failures_total{${chosen}}[$__rate_interval]))`,
          "store of {{part}} failed",
        ],
        [`max(plinth_audit_sink_failing{${chosen}})`, "audit sink failing"],
      ]),
      graph("Fetches", "ops", [
        [`sum by (action) (rate(plinth_fetches_total{${chosen}}[$__rate_interval]))`, "{{action}}"],
      ]),
      graph("Everything that was told", "ops", [
        [`sum by (part, action) (rate(plinth_events_total{${calls}}[$__rate_interval]))`, "{{part}} {{action}}"],
      ]),
    ],
  },
  {
    title: "Server",
    panels: [
      graph("Ready", "short", [[`plinth_server_ready{${chosen}}`, "{{instance}}"]]),
      graph("Services", "short", [
        [`min by (service) (plinth_service_up{${chosen}})`, "{{service}} up"],
        [`max by (service) (plinth_service_degraded{${chosen}})`, "{{service}} degraded"],
      ]),
      graph("Open", "short", [
        [`sum(plinth_connections{${chosen}})`, "connections"],
        [`sum(plinth_sessions{${chosen}})`, "sessions"],
        [`sum(plinth_subscriptions{${chosen}})`, "subscriptions"],
      ]),
      graph("Workers", "short", [[`sum by (state) (plinth_workers{${chosen}})`, "{{state}}"]]),
      graph("Versions", "short", [
        [`count by (server, version, node) (plinth_build_info{${chosen}})`, "{{server}} {{version}} {{node}}"],
      ]),
    ],
  },
  {
    title: "Process",
    panels: [
      graph("Event loop, late", "s", [
        [`nodejs_eventloop_lag_p50_seconds{${chosen}}`, "50 % {{instance}}"],
        [`nodejs_eventloop_lag_p99_seconds{${chosen}}`, "99 % {{instance}}"],
      ]),
      graph("Event loop, blocked", "percentunit", [
        [`sum by (target) (rate(plinth_event_loop_stall_seconds_sum{${calls}}[$__rate_interval]))`, "{{target}}"],
      ]),
      graph("Processor", "percentunit", [
        [`rate(process_cpu_seconds_total{${chosen}}[$__rate_interval])`, "{{instance}}"],
      ]),
      graph("Memory", "bytes", [
        [`process_resident_memory_bytes{${chosen}}`, "resident {{instance}}"],
        [`nodejs_heap_size_used_bytes{${chosen}}`, "heap {{instance}}"],
      ]),
      graph("Garbage collection", "percentunit", [
        [`sum by (kind) (rate(nodejs_gc_duration_seconds_sum{${chosen}}[$__rate_interval]))`, "{{kind}}"],
      ]),
      graph("Open files", "short", [[`process_open_fds{${chosen}}`, "{{instance}}"]]),
    ],
  },
];

function stat(title: string, unit: Panel["unit"], expr: string): Panel {
  return { title, kind: "stat", unit, queries: [{ expr, legend: "" }] };
}

function graph(
  title: string,
  unit: Panel["unit"],
  queries: readonly (readonly [expr: string, legend: string])[],
  description?: string,
): Panel {
  return {
    title,
    kind: "timeseries",
    unit,
    queries: queries.map(([expr, legend]) => ({ expr, legend })),
    ...(description !== undefined && { description }),
  };
}
