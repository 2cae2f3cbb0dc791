import type { LineLevel } from "./field-logger.ts";

/**
 * A log line in the shape of pino's, which the tools of the field read: level, time, fields, message.
 *
 * @param fields Plain data, without `level`, `time` and `message`; the line takes it over.
 */
export function jsonLine(level: LineLevel, time: string, fields: Record<string, unknown>, message: string): string {
  fields["message"] = message;
  return `{"level":"${level}","time":"${time}",${JSON.stringify(fields).slice(1)}\n`;
}
