import type { MetricDefinition } from "./metric-definition.ts";

/** The metrics that are measured, as opposed to counted out of events. */
export type MeasuredMetric =
  | "callDuration"
  | "callErrors"
  | "targetCallsInFlight"
  | "callsInFlight"
  | "connections"
  | "sessions"
  | "subscriptions"
  | "ready"
  | "serviceUp"
  | "serviceDegraded"
  | "buildInfo"
  | "workers"
  | "targetNames";

/** The metrics that a call, the server or the workers are measured by. */
export const measuredMetrics: Readonly<Record<MeasuredMetric, MetricDefinition>> = {
  callDuration: {
    name: "plinth_call_duration_seconds",
    type: "histogram",
    help: "How long calls took, from the middleware on inwards, by how they ended, in the words of the access log.",
    labels: ["method", "target", "outcome"],
    unit: "seconds",
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    merge: "sum",
  },
  callErrors: {
    name: "plinth_call_errors_total",
    type: "counter",
    help: "Calls that failed, by error code.",
    labels: ["method", "target", "code"],
    merge: "sum",
  },
  targetCallsInFlight: {
    name: "plinth_target_calls_in_flight",
    type: "gauge",
    help: "Calls that run now, by what they address.",
    labels: ["method", "target"],
    merge: "sum",
  },
  callsInFlight: {
    name: "plinth_calls_in_flight",
    type: "gauge",
    help: "Calls that run now.",
    labels: [],
    merge: "sum",
  },
  connections: {
    name: "plinth_connections",
    type: "gauge",
    help: "Open connections of clients.",
    labels: [],
    merge: "sum",
  },
  sessions: {
    name: "plinth_sessions",
    type: "gauge",
    help: "Open sessions of clients of 2025-11-25 and before.",
    labels: [],
    merge: "sum",
  },
  subscriptions: {
    name: "plinth_subscriptions",
    type: "gauge",
    help: "Open streams of change notifications.",
    labels: [],
    merge: "sum",
  },
  ready: {
    name: "plinth_server_ready",
    type: "gauge",
    help: "Whether the server takes calls: 1 or 0. With several workers, whether all of them do.",
    labels: [],
    merge: "min",
  },
  serviceUp: {
    name: "plinth_service_up",
    type: "gauge",
    help: "Whether a service works: 1 for up and degraded, 0 for down. With several workers, the worst.",
    labels: ["service"],
    merge: "min",
  },
  serviceDegraded: {
    name: "plinth_service_degraded",
    type: "gauge",
    help: "Whether a service says that it works, but not well: 1 or 0.",
    labels: ["service"],
    merge: "max",
  },
  buildInfo: {
    name: "plinth_build_info",
    type: "gauge",
    help: "Always 1; its labels tell the server and its version.",
    labels: ["server", "version", "node"],
    merge: "first",
  },
  workers: {
    name: "plinth_workers",
    type: "gauge",
    help: "Worker processes by whether they answered this scrape in time; there are none without workers.",
    labels: ["state"],
    merge: "first",
  },
  targetNames: {
    name: "plinth_target_names",
    type: "gauge",
    help: "Distinct values of the label target; those beyond the limit are counted as other.",
    labels: [],
    merge: "max",
  },
};

/** The metrics that are counted out of what the parts of the server tell. */
export const eventMetrics: readonly MetricDefinition[] = [
  {
    name: "plinth_events_total",
    type: "counter",
    help: "Everything that the parts of the server told.",
    labels: ["part", "action", "target"],
    merge: "sum",
    events: { parts: [] },
  },
  {
    name: "plinth_rate_limited_total",
    type: "counter",
    help: "Calls refused by a rate limit.",
    labels: ["target"],
    merge: "sum",
    events: { parts: ["rate-limit"], actions: ["refused"] },
  },
  {
    name: "plinth_concurrency_shed_total",
    type: "counter",
    help: "Calls refused because too many ran or waited.",
    labels: ["target"],
    merge: "sum",
    events: { parts: ["concurrency-limit"], actions: ["shed"] },
  },
  {
    name: "plinth_http_refusals_total",
    type: "counter",
    help: "HTTP requests refused before they became a call, by status.",
    labels: ["status"],
    merge: "sum",
    events: { parts: ["http"], actions: ["refused"], valueLabel: "status" },
  },
  {
    name: "plinth_cache_requests_total",
    type: "counter",
    help: "What the cache did with a call: answered it, let it pass, or had it wait for another.",
    labels: ["action", "target"],
    merge: "sum",
    events: { parts: ["cache"], actions: ["hit", "stale", "coalesced", "miss"] },
  },
  {
    name: "plinth_store_failures_total",
    type: "counter",
    help: "Times that a store, such as that of the limits or the cache, did not answer.",
    labels: ["part"],
    merge: "sum",
    events: { parts: ["rate-limit", "cache", "idempotency"], actions: ["store-failed"] },
  },
  {
    name: "plinth_circuit_breaker_state",
    type: "gauge",
    help: "The circuit breaker of a target: 0 closed, 1 half open, 2 open. There is none before it first changes.",
    labels: ["target"],
    merge: "max",
    events: { parts: ["circuit-breaker"], states: { closed: 0, "half-opened": 1, opened: 2 } },
  },
  {
    name: "plinth_retries_total",
    type: "counter",
    help: "Calls that were run again after a failure.",
    labels: ["target"],
    merge: "sum",
    events: { parts: ["retry"], actions: ["retried"] },
  },
  {
    name: "plinth_sandbox_runs_total",
    type: "counter",
    help: "Programs that the code executor was given, by how they ended.",
    labels: ["action"],
    merge: "sum",
    events: { parts: ["code-executor"] },
  },
  {
    name: "plinth_fetches_total",
    type: "counter",
    help: "What became of the addresses that the URL fetcher was asked for; denied ones were not reached.",
    labels: ["action"],
    merge: "sum",
    events: { parts: ["url-fetcher"], actions: ["finished", "failed", "denied"] },
  },
  {
    name: "plinth_file_refusals_total",
    type: "counter",
    help: "Paths that file operations refused to touch.",
    labels: [],
    merge: "sum",
    events: { parts: ["file-operations"], actions: ["refused"] },
  },
  {
    name: "plinth_audit_sink_failing",
    type: "gauge",
    help: "Whether audit records cannot be written: 1 or 0. There is none before it first fails.",
    labels: [],
    merge: "max",
    events: { parts: ["audit"], states: { "sink-recovered": 0, "sink-failed": 1 } },
  },
  {
    name: "plinth_audit_failures_total",
    type: "counter",
    help: "Times that writing audit records failed, and calls refused because of it.",
    labels: ["action"],
    merge: "sum",
    events: { parts: ["audit"], actions: ["sink-failed", "refused"] },
  },
  {
    name: "plinth_event_loop_stall_seconds",
    type: "histogram",
    help: "How long the event loop was blocked at a time, by the tool that blocked it where that is known.",
    labels: ["target"],
    unit: "seconds",
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    merge: "sum",
    events: { parts: ["event-loop"], actions: ["stalled"] },
  },
];

/** Every metric of ours. */
export const metricDefinitions: readonly MetricDefinition[] = [...Object.values(measuredMetrics), ...eventMetrics];
