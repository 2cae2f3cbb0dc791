export { startTelemetry, type Telemetry, type TelemetryOptions } from "./tracing/start-telemetry.ts";
