import type { startNodeSdk } from "@opentelemetry/sdk-node";
import { KitError, type Logger } from "@plinth/core";
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
  /** Sends what is left, then ends. Call it when the server has closed. */
  shutdown(): Promise<void>;
}

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
    },
    // Its information goes to stdout, which may belong to the protocol.
    logLevel: process.env["OTEL_LOG_LEVEL"] ?? "warn",
    ...(!isSet("OTEL_METRICS_EXPORTER") && { metricReaders: [] }),
    ...(!isSet("OTEL_LOGS_EXPORTER") && { logRecordProcessors: [] }),
  });
  if (log !== undefined) logDiagnostics(log);
  return running(true, () => sdk.shutdown());
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
