import type { LogLevel } from "@plinth/core";
import { createLogger, type PlatformLogger } from "@plinth/observability";
import { processFile } from "./process-file.ts";
import type { ProductionConfig } from "./production-config.ts";

type ConfiguredLevel = ProductionConfig["log"]["level"];

/** Levels of the settings that core's logger does not tell apart. */
const levels: Readonly<Record<ConfiguredLevel, LogLevel>> = {
  trace: "debug",
  debug: "debug",
  info: "info",
  warn: "warn",
  error: "error",
  fatal: "error",
  silent: "silent",
};

/** The log that the settings ask for. @throws KitError `MISUSE` for a destination that cannot be */
export function serverLog({ log }: ProductionConfig, transport: "stdio" | "http"): PlatformLogger {
  const output = log.output === "auto" ? (transport === "stdio" ? "stderr" : "stdout") : log.output;
  return createLogger({
    level: levels[log.level],
    transport,
    destination:
      log.file === undefined ? output : { file: processFile(log.file), maxBytes: log.fileSize, maxFiles: log.files },
    pretty: log.format === "auto" ? "terminal" : log.format === "pretty",
  });
}
