import type { LogFields, Logger } from "@plinth/core";

/** What is used of a logger of pino. */
export interface PinoLogger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(fields: Record<string, unknown>): PinoLogger;
}

const none: LogFields = {};

/**
 * Lets a server log through a logger of pino that a team has already, with its transports, serializers and redaction:
 * `createServer({ log: fromPino(pino()) })`.
 *
 * **Security:** what `createLogger` does about secrets, hostile texts and full disks is then for that logger to do.
 */
export function fromPino(logger: PinoLogger): Logger {
  return {
    debug: (message, fields = none) => logger.debug(fields, message),
    info: (message, fields = none) => logger.info(fields, message),
    warn: (message, fields = none) => logger.warn(fields, message),
    error: (message, fields = none) => logger.error(fields, message),
    child: (fields) => fromPino(logger.child({ ...fields })),
  };
}
