/** One alert: what Prometheus evaluates, and what the guide says about it. */
export interface Alert {
  readonly name: string;
  /** PromQL; over metrics of the definitions, of the process, and `up` alone. */
  readonly expr: string;
  /** How long it must hold. */
  readonly for: string;
  /** `critical` wakes somebody up; `warning` waits for the morning. */
  readonly severity: "critical" | "warning";
  /** One sentence, with the labels of the series. */
  readonly summary: string;
  /** What the one who is called does first. */
  readonly action: string;
}

/** Failures that are the server's own, as opposed to what a client did wrong. */
const serverFaults = "INTERNAL|INVALID_OUTPUT|MISUSE|TIMEOUT|UNAVAILABLE";

/** Every alert, the most urgent first. */
export const alerts: readonly Alert[] = [
  {
    name: "PlinthDown",
    expr: 'up{job="plinth"} == 0',
    for: "1m",
    severity: "critical",
    summary: "{{ $labels.instance }} does not answer its scraper.",
    action:
      "See whether the process runs and what it logged last. If it runs, its event loop may be blocked, or the network between it and Prometheus closed.",
  },
  {
    name: "PlinthNotReady",
    expr: "plinth_server_ready == 0",
    for: "2m",
    severity: "critical",
    summary: "{{ $labels.instance }} takes no calls.",
    action: "Read `/health` on the metrics port: it names the state and the service that is down.",
  },
  {
    name: "PlinthServiceDown",
    expr: "plinth_service_up == 0",
    for: "1m",
    severity: "critical",
    summary: "Service {{ $labels.service }} of {{ $labels.instance }} is down.",
    action:
      "Look at that system itself. `/health` has the reason that its check gave; calls that need it fail meanwhile.",
  },
  {
    name: "PlinthErrors",
    expr: `sum by (job, instance) (rate(plinth_call_errors_total{code=~"${serverFaults}"}[5m])) / sum by (job, instance) (rate(plinth_call_duration_seconds_count[5m])) > 0.05`,
    for: "5m",
    severity: "critical",
    summary: "{{ $value | humanizePercentage }} of the calls of {{ $labels.instance }} fail by its own fault.",
    action:
      "Find the code and the target in the dashboard's errors, then the log line of one such call by its request id.",
  },
  {
    name: "PlinthAuditFailing",
    expr: "plinth_audit_sink_failing == 1",
    for: "0m",
    severity: "critical",
    summary: "{{ $labels.instance }} cannot write audit records.",
    action:
      "See to the sink (disk full, target away). Unless it was told to go on without, the server refuses calls that it should record.",
  },
  {
    name: "PlinthWorkerSilent",
    expr: 'plinth_workers{state="silent"} > 0',
    for: "2m",
    severity: "critical",
    summary: "A worker process of {{ $labels.instance }} does not answer.",
    action:
      "A handler blocks it for ever. Its stall log names the tool; replace the workers with SIGHUP, or end that process.",
  },
  {
    name: "PlinthCircuitOpen",
    expr: "plinth_circuit_breaker_state == 2",
    for: "5m",
    severity: "warning",
    summary: "The circuit breaker of {{ $labels.target }} on {{ $labels.instance }} is open.",
    action: "What that target depends on fails. It closes by itself once a trial call succeeds.",
  },
  {
    name: "PlinthSlow",
    expr: 'histogram_quantile(0.95, sum by (job, instance, method, target, le) (rate(plinth_call_duration_seconds_bucket{outcome="ok"}[5m]))) > 5',
    for: "10m",
    severity: "warning",
    summary:
      "5 % of the calls to {{ $labels.target }} on {{ $labels.instance }} take longer than {{ $value | humanizeDuration }}.",
    action:
      "Follow an exemplar of a slow bucket to its trace. If that target is slow by nature, leave it out of the rule.",
  },
  {
    name: "PlinthShedding",
    expr: "sum by (job, instance, target) (rate(plinth_concurrency_shed_total[5m])) > 0.1",
    for: "5m",
    severity: "warning",
    summary: "{{ $labels.instance }} refuses calls to {{ $labels.target }} because too many run.",
    action:
      "Compare calls in flight with the limit. Either something has become slow, or it is time for another replica.",
  },
  {
    name: "PlinthStoreFailing",
    expr: "sum by (job, instance, part) (rate(plinth_store_failures_total[5m])) > 0.1",
    for: "2m",
    severity: "warning",
    summary: "The store of {{ $labels.part }} on {{ $labels.instance }} does not answer.",
    action:
      "See to the store. Meanwhile that part does what it was told to do without one: let calls pass, or refuse them.",
  },
  {
    name: "PlinthRateLimited",
    expr: "sum by (job, instance) (rate(plinth_rate_limited_total[5m])) / sum by (job, instance) (rate(plinth_call_duration_seconds_count[5m])) > 0.2",
    for: "10m",
    severity: "warning",
    summary: "{{ $value | humanizePercentage }} of the calls to {{ $labels.instance }} are over their limit.",
    action: "The access log says whose. One caller in a loop is told; many callers want a higher limit.",
  },
  {
    // Stalls that are nobody's come with every busy machine; the alert after this one is for those.
    name: "PlinthEventLoopBlocked",
    expr: 'sum by (job, instance, target) (increase(plinth_event_loop_stall_seconds_count{target!=""}[10m])) > 5',
    for: "0m",
    severity: "warning",
    summary:
      "{{ $labels.target }} has blocked the event loop of {{ $labels.instance }} {{ $value | humanize }} times in ten minutes.",
    action: "Nobody is served while it computes. Move the work to a worker thread, or make it give way.",
  },
  {
    name: "PlinthEventLoopSlow",
    expr: "nodejs_eventloop_lag_p99_seconds > 0.25",
    for: "5m",
    severity: "warning",
    summary: "The event loop of {{ $labels.instance }} is late by {{ $value | humanizeDuration }}.",
    action: "The process has more work than one core does: see its processor time, then add workers or replicas.",
  },
  {
    name: "PlinthServiceDegraded",
    expr: "plinth_service_degraded == 1",
    for: "10m",
    severity: "warning",
    summary: "Service {{ $labels.service }} of {{ $labels.instance }} works, but not well.",
    action: "`/health` has what its check says.",
  },
  {
    name: "PlinthFetchDenials",
    expr: 'sum by (job, instance) (rate(plinth_fetches_total{action="denied"}[5m])) > 1',
    for: "10m",
    severity: "warning",
    summary:
      "{{ $labels.instance }} is asked for addresses that it must not reach, {{ $value | humanize }} times a second.",
    action:
      "Somebody, or a page that a model read, probes the inner network. The audit log says who; nothing was reached.",
  },
  {
    name: "PlinthFileRefusals",
    expr: "sum by (job, instance) (rate(plinth_file_refusals_total[5m])) > 1",
    for: "10m",
    severity: "warning",
    summary: "{{ $labels.instance }} is asked for files outside its root, {{ $value | humanize }} times a second.",
    action: "As above: the audit log says who. Nothing was read or written.",
  },
  {
    name: "PlinthTooManyTargets",
    expr: 'increase(plinth_call_duration_seconds_count{target="other", outcome="ok"}[1h]) > 0',
    for: "0m",
    severity: "warning",
    summary: "{{ $labels.instance }} has more targets than labels; some are counted as other.",
    action: "Raise `maxTargets`, if Prometheus can hold the series: about 35 for each target and method.",
  },
];
