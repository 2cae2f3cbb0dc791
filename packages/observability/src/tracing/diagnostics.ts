import type { Logger } from "@plinth/core";
import { openTelemetry } from "../open-telemetry.ts";

/** Has OpenTelemetry say what it has to say about itself in the server's log, warnings and worse. */
export function logDiagnostics(log: Logger): void {
  const nothing = (): void => undefined;
  const told =
    (level: "warn" | "error") =>
    (message: string, ...details: unknown[]): void =>
      log[level]("OpenTelemetry", { problem: message, ...(details.length > 0 && { details }) });
  const logger = { error: told("error"), warn: told("warn"), info: nothing, debug: nothing, verbose: nothing };
  const api = openTelemetry();
  api?.diag.setLogger(logger, { logLevel: api.DiagLogLevel.WARN, suppressOverrideMessage: true });
}
