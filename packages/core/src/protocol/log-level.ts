import type { LoggingLevel } from "@modelcontextprotocol/server";

/** MCP 2026-07-28, schema, `LoggingLevel` (RFC 5424 section 6.2.1), from the least severe on. */
export const loggingLevels: readonly LoggingLevel[] = [
  "debug",
  "info",
  "notice",
  "warning",
  "error",
  "critical",
  "alert",
  "emergency",
];

/** Whether a message of a level reaches a client that asked for this one and above. */
export function reaches(level: LoggingLevel, least: LoggingLevel): boolean {
  return loggingLevels.indexOf(level) >= loggingLevels.indexOf(least);
}
