import { logError, type Logger } from "../context/logger.ts";

/**
 * Logs an error that nobody caught, as the last line: the process ends as Node ends it, with what it writes to stderr and
 * status 1. After such an error nobody knows what state the process is in; who starts it starts it anew.
 *
 * @returns a function that ends the logging.
 */
export function logUncaughtErrors(log: Logger): () => void {
  const onError = (error: unknown): void =>
    logError(() => log, "An error was thrown and nobody caught it; the process ends", { error });
  process.on("uncaughtExceptionMonitor", onError);
  return () => void process.off("uncaughtExceptionMonitor", onError);
}
