import type { AnyPlinthServer, Middleware } from "@plinth/core";
import { tracing } from "@plinth/observability";
import type { ProductionConfig } from "./production-config.ts";

/** The standard variables that say where traces go; with one of them set, somebody wants them. */
const destinations = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_TRACES_EXPORTER"];

/** Whether the settings and the environment ask for traces. */
export function wantsTracing({ tracing: { mode } }: ProductionConfig): boolean {
  return mode === "on" || (mode === "auto" && destinations.some((name) => (process.env[name] ?? "").trim() !== ""));
}

/**
 * Starts the OpenTelemetry SDK as the `OTEL_*` variables say, until the server has closed.
 *
 * @returns what makes a span for each call
 * @throws KitError `MISUSE` when the SDK is not installed
 */
export async function startTracing(server: AnyPlinthServer): Promise<Middleware> {
  const { startTelemetry } = await import("@plinth/observability/node-sdk");
  const telemetry = await startTelemetry({ serviceName: server.name, serviceVersion: server.version });
  server.onClose(() => telemetry.shutdown());
  return tracing();
}
