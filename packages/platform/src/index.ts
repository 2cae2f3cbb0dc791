export type { DoctorOptions, DoctorThresholds, IgnoredRule } from "./doctor/doctor-options.ts";
export { doctor, type Checked, type DoctorReport, type IgnoredFinding } from "./doctor/doctor.ts";
export type { Finding, FoundComponent, Severity } from "./doctor/finding.ts";
export { formatDoctorReport, type FormatOptions } from "./doctor/format-doctor-report.ts";
export { runDoctor, type RunDoctorOptions } from "./doctor/run-doctor.ts";
export { toJson, type DoctorJson } from "./doctor/to-json.ts";
export { watchStalls, type ComponentStalls, type WatchedStalls } from "./doctor/watch-stalls.ts";
export type { PlatformParts } from "./preset/create-announcement.ts";
export {
  createPlatformServer,
  type PlatformServer,
  type PlatformServerOptions,
} from "./preset/create-platform-server.ts";
export {
  productionConfig,
  type ClientTrace,
  type LimitScope,
  type MetricsPlace,
  type ProductionConfig,
  type ProductionGroups,
  type Switch,
  type TenantSource,
} from "./preset/production-config.ts";
export type { StackOptions } from "./preset/stack-options.ts";
export { fetchEvents, type ObservedFetch } from "./service-events/fetch-events.ts";
export { fileEvents, type ObservedFileEvent } from "./service-events/file-events.ts";
export { observedExecutor, type ObservedRun, type ProgramRunner } from "./service-events/observed-executor.ts";
