export { containerBackend } from "./backends/container/container-backend.ts";
export type { ContainerBackendOptions } from "./backends/container/container-options.ts";
export type {
  Isolation,
  SandboxBackend,
  SandboxExit,
  SandboxProcess,
  SandboxSpawnOptions,
  SandboxUsage,
} from "./backends/sandbox-backend.ts";
export type {
  CallContext,
  Capabilities,
  CapabilityName,
  ExecutorCapabilities,
  FetchedResponse,
  Fetcher,
  FileAccess,
  HostFunction,
  RunCapabilities,
  ToolCaller,
  ToolFunction,
  Tools,
} from "./capabilities/capabilities.ts";
export { GuestError } from "./capabilities/guest-error.ts";
export type { ChildProgram } from "./child-program.ts";
export { CodeExecutorError, type CodeExecutorErrorCode } from "./code-executor-error.ts";
export type { CodeExecutor, CodeExecutorOptions, PoolOptions } from "./code-executor.ts";
export { createCodeExecutor } from "./create-code-executor.ts";
export type { Limits } from "./limits.ts";
export type { JsonValue } from "./protocol/json-value.ts";
export type { Language, OutputStream, RunOptions } from "./run-options.ts";
export type { Artifact, RunFailed, RunFailure, RunResult, RunSuccess, RunUsage } from "./run-result.ts";
