import type { startNodeSdk } from "@opentelemetry/sdk-node";
import { KitError, toError, type Logger } from "@plinth/core";
import { logDiagnostics } from "./diagnostics.ts";

/** Options for {@link startTelemetry}. */
export interface TelemetryOptions {
  /** Stands in every span; `OTEL_SERVICE_NAME` wins. */
  readonly serviceName: string;
  readonly serviceVersion?: string;
  /** Told what OpenTelemetry has to complain about, such as a collector that is away. @default stderr, as plain text */
  readonly log?: Logger;
}

/** Telemetry that runs. */
export interface Telemetry extends AsyncDisposable {
  /** False with `OTEL_SDK_DISABLED=true`: then nothing was loaded. */
  readonly enabled: boolean;
  /**
   * Sends what is left, then ends. Call it when the server has closed. Never rejects, and a collector that does not answer
   * delays it by 3 s at most; what was not sent is lost, and the log says so.
   */
  shutdown(): Promise<void>;
}

/** Milliseconds that the last spans get: less than a server's end may take, and a supervisor's patience. */
const shutdownMs = 3_000;

/**
 * Starts the OpenTelemetry SDK for Node as the standard `OTEL_*` variables say: exporter, endpoint, headers, sampler, limits,
 * propagators, resource. Traces go to `OTEL_TRACES_EXPORTER`, by default OTLP over HTTP to `localhost:4318`. Metrics and
 * logs are exported only when `OTEL_METRICS_EXPORTER` or `OTEL_LOGS_EXPORTER` ask for it.
 *
 * The SDK is the optional peer dependency `@opentelemetry/sdk-node`, and is loaded here: call it before the server starts.
 *
 * @throws KitError `MISUSE` when the package is not installed
 */
export async function startTelemetry({ serviceName, serviceVersion, log }: TelemetryOptions): Promise<Telemetry> {
  if (process.env["OTEL_SDK_DISABLED"]?.trim().toLowerCase() === "true") return running(false, () => Promise.resolve());
  const loaded = await loadSdk();
  const sdk = loaded.startNodeSdk({
    resourceAttributes: {
      ...(!isNamedByEnvironment() && { "service.name": serviceName }),
      ...(serviceVersion !== undefined && { "service.version": serviceVersion }),
      // Arguments may be secrets, and the SDK would send them along.
      "process.command_args": [],
    },
    logLevel: ownLevel(),
    ...(!isSet("OTEL_METRICS_EXPORTER") && { metricReaders: [] }),
    ...(!isSet("OTEL_LOGS_EXPORTER") && { logRecordProcessors: [] }),
  });
  if (log !== undefined) logDiagnostics(log);
  return running(true, () => endWithin(sdk.shutdown(), log));
}

/** Its information goes to stdout, which may belong to the protocol, so there is none of it, whoever asks. */
function ownLevel(): "none" | "error" | "warn" {
  const level = process.env["OTEL_LOG_LEVEL"]?.trim().toLowerCase();
  return level === "none" || level === "error" ? level : "warn";
}

/** The SDK gives a collector that does not answer ten seconds, and rejects when there is none. */
async function endWithin(ending: Promise<void>, log: Logger | undefined): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<string>();
  const timer = setTimeout(resolve, shutdownMs, `The collector did not answer within ${shutdownMs} ms`);
  const problem = await Promise.race([ending.then(() => undefined, toError), late]);
  clearTimeout(timer);
  if (problem !== undefined) log?.warn("The last spans could not be sent", { problem });
}

function running(enabled: boolean, end: () => Promise<void>): Telemetry {
  let ending: Promise<void> | undefined;
  const shutdown = (): Promise<void> => (ending ??= end());
  return { enabled, shutdown, [Symbol.asyncDispose]: shutdown };
}

function isNamedByEnvironment(): boolean {
  return (
    isSet("OTEL_SERVICE_NAME") || /(?:^|,)\s*service\.name\s*=/.test(process.env["OTEL_RESOURCE_ATTRIBUTES"] ?? "")
  );
}

function isSet(name: string): boolean {
  return (process.env[name] ?? "").trim() !== "";
}

async function loadSdk(): Promise<{ readonly startNodeSdk: typeof startNodeSdk }> {
  try {
    return await import("@opentelemetry/sdk-node");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw cause;
    const message = 'startTelemetry() needs @opentelemetry/sdk-node; run "npm install @opentelemetry/sdk-node"';
    throw new KitError("MISUSE", message, { cause });
  }
}
