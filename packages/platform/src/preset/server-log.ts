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
  const { level, output, file, fileSize, files, format } = log;
  return createLogger({
    level: levels[level],
    transport,
    destination:
      file === undefined
        ? resolveOutput(output, transport)
        : { file: processFile(file), maxBytes: fileSize, maxFiles: files },
    pretty: format === "auto" ? "terminal" : format === "pretty",
  });
}

/** Where lines go without a file. */
export function resolveOutput(
  output: ProductionConfig["log"]["output"],
  transport: "stdio" | "http",
): "stderr" | "stdout" {
  if (output !== "auto") return output;
  return transport === "stdio" ? "stderr" : "stdout";
}
