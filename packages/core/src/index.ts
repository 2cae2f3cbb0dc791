export { createServer } from "./create-server.ts";
export type { AnyPlinthServer, PlinthServer, ServerOptions, ServerState } from "./server.ts";
export type { ServerIdentity } from "./binding/implementation.ts";

export type { Awaitable } from "./definitions/awaitable.ts";
export type { Completer, Completers } from "./definitions/completion.ts";
export {
  audio,
  embeddedResource,
  image,
  resourceLink,
  text,
  toolResult,
  type Content,
  type ContentOptions,
  type ToolResult,
} from "./definitions/content.ts";
export { locationOf, originOf } from "./definitions/origin.ts";
export { definePrompt, type PromptDefinition, type PromptOptions, type PromptReturn } from "./definitions/prompt.ts";
export {
  defineResource,
  resourceParts,
  type ListedResource,
  type ResourceDefinition,
  type ResourceOptions,
  type ResourcePart,
  type ResourceParts,
  type ResourceReturn,
} from "./definitions/resource.ts";
export type { JsonSchema, Schema, SchemaInput, SchemaOutput } from "./definitions/schema.ts";
export {
  defineTool,
  type AnyTool,
  type DefinedTool,
  type ToolDefinition,
  type ToolOptions,
  type ToolReturn,
  type ToolTypes,
} from "./definitions/tool.ts";

export { forServices } from "./services/for-services.ts";
export type { ServiceLimits } from "./services/service-set.ts";
export type { HealthReport } from "./services/service-health.ts";
export {
  service,
  type HealthStatus,
  type ServiceDefinition,
  type ServiceDefinitions,
  type ServiceHealth,
  type ServiceOptions,
  type ServiceStartContext,
  type ServicesOf,
} from "./services/service.ts";

export type { LoggingLevel } from "@modelcontextprotocol/server";
export type {
  AskOptions,
  ClientInput,
  Elicit,
  Elicited,
  ElicitFormOptions,
  ElicitUrlOptions,
  SampleOptions,
} from "./context/client-input.ts";
export { contextKey, type ContextKey, type ContextState } from "./context/context-key.ts";
export type { Context, InvokeOptions, TraceContext } from "./context/context.ts";
export {
  stderrLogger,
  type LogFields,
  type Logger,
  type LogLevel,
  type StderrLoggerOptions,
} from "./context/logger.ts";
export type { Notify } from "./context/notify.ts";
export type { StateSealerOptions } from "./context/request-state.ts";
export type { ClientInfo, Era, TransportKind } from "./protocol/eras.ts";
export type { HttpRequestInfo } from "./protocol/incoming.ts";
export type { Principal } from "./protocol/principal.ts";

export type { CallFacts } from "./context/call-facts.ts";
export type { CallTraffic } from "./context/call-traffic.ts";
export type { CallEvent, PlatformEvent, PlatformEvents } from "./events/platform-events.ts";

export { assertOneOf } from "./errors/assert-one-of.ts";
export { assertWholeNumber, longestTimerMs, type WholeNumberRange } from "./errors/assert-whole-number.ts";
export { errorCodes, type ErrorCode, type ErrorCodeEntry } from "./errors/error-codes.ts";
export { quote } from "./errors/quote.ts";
export { toError } from "./errors/to-error.ts";
export { fail, KitError, type FailOptions, type KitErrorOptions } from "./errors/kit-error.ts";

export { narrowCatalog } from "./catalog/narrow-catalog.ts";
export type {
  Catalog,
  CatalogEntry,
  Component,
  FoundResource,
  ListKind,
  ListPage,
  PromptEntry,
  ResourceEntry,
  ResourceTemplateEntry,
  ToolEntry,
} from "./catalog/catalog.ts";
export type { ComponentKind } from "./catalog/registry.ts";
export type { ExtensionHandler, ExtensionMethodOptions } from "./operations/extension-method.ts";
export { codeOf, codeOfResult, errorOutcome, resultOutcome, type CallOutcome } from "./pipeline/call-outcome.ts";
export type { Call, CallChanges, Result } from "./pipeline/call.ts";
export { abortable } from "./async/abortable.ts";
export { canonicalJson } from "./json/canonical-json.ts";
export { on, only, type Middleware, type Next, type OnlyOptions } from "./pipeline/middleware.ts";

export { isLoopback } from "./hosting/http/origin-guard.ts";
export type { ContentEncoding } from "./hosting/http/accept-encoding.ts";
export type { CompressionOptions } from "./hosting/http/compression.ts";
export type { HttpOptions, HttpRoute, SessionOptions, TlsOptions } from "./hosting/http/http-options.ts";
export type { CloseOptions, HttpHost } from "./hosting/http/listen-http.ts";
export type { LaneName } from "./hosting/lane-name.ts";
export type { MemoryHost, MemoryOptions } from "./hosting/memory.ts";
export { isWorkerProcess } from "./hosting/workers/worker-mark.ts";
export type { HostStats, ServerStats } from "./hosting/server-stats.ts";
export type { RunOptions } from "./hosting/run.ts";
export { onShutdownSignal, type ShutdownOptions } from "./hosting/shutdown.ts";
export type { StdioHost, StdioOptions } from "./hosting/stdio/serve-stdio.ts";
