export { createLogger, type LoggerOptions, type LoggerStats, type PlatformLogger } from "./logging/create-logger.ts";
export type { LogFile } from "./logging/rotating-file.ts";
export { stallWatch, type Stall, type StallWatch, type StallWatchOptions } from "./health/stall-watch.ts";
export { createMetrics, type Metrics, type MetricsOptions } from "./metrics/create-metrics.ts";
export type { Exposition } from "./metrics/exposition.ts";
export type { MetricsListener, MetricsListenOptions } from "./metrics/metrics-listener.ts";
export type { IncomingTrace } from "./tracing/remote-context.ts";
export { injectTraceContext, traceHeaders, type InjectOptions } from "./tracing/trace-headers.ts";
export { tracing, type TracingOptions } from "./tracing/tracing.ts";
