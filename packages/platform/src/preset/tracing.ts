import { KitError, type AnyPlinthServer, type Middleware } from "@plinth/core";
import { tracing } from "@plinth/observability";
import type { ProductionConfig } from "./production-config.ts";

/** The standard variables that say where traces go; with one of them set, somebody wants them. */
const destinations = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_TRACES_EXPORTER"];

/** Whether the settings and the environment ask for traces. */
export function wantsTracing({ tracing: { mode } }: ProductionConfig): boolean {
  if (mode === "off" || variable("OTEL_SDK_DISABLED") === "true") return false;
  if (mode === "on") return true;
  return variable("OTEL_TRACES_EXPORTER") !== "none" && destinations.some((name) => variable(name) !== "");
}

/**
 * Starts the OpenTelemetry SDK as the `OTEL_*` variables say, until the server has closed. What only the variables ask for,
 * which many clusters set for every container, is no reason not to start without the SDK.
 *
 * @returns what makes a span for each call; `undefined` without the SDK
 * @throws KitError `MISUSE` when the settings ask for traces and the SDK is not installed
 */
export async function startTracing(
  { tracing: { mode, incoming } }: ProductionConfig,
  { server, authenticates }: { readonly server: AnyPlinthServer; readonly authenticates: boolean },
): Promise<Middleware | undefined> {
  const { startTelemetry } = await import("@plinth/observability/node-sdk");
  const { name: serviceName, version: serviceVersion, log } = server;
  try {
    const telemetry = await startTelemetry({ serviceName, serviceVersion, log });
    server.onClose(() => telemetry.shutdown());
    // Where nobody is known, whoever has the id of a session can speak in it.
    return tracing({ incoming, sessionId: authenticates });
  } catch (error) {
    if (mode === "on" || !KitError.isInstance(error)) throw error;
    log.warn("There are no traces, for which OTEL_* variables ask", { reason: error.message });
    return undefined;
  }
}

function variable(name: string): string {
  return (process.env[name] ?? "").trim().toLowerCase();
}
