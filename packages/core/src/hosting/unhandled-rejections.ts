import { logError, type Logger } from "../context/logger.ts";
import { toError } from "../errors/to-error.ts";

/**
 * Logs rejected promises that nobody handles, instead of the end of the process that they are by default: work that one
 * tool started and forgot must not take every other caller's calls with it.
 *
 * @returns a function that gives the default back.
 */
export function logUnhandledRejections(log: Logger): () => void {
  const onRejection = (reason: unknown): void =>
    logError(() => log, "A promise was rejected and nobody handled it", { error: toError(reason) });
  process.on("unhandledRejection", onRejection);
  return () => void process.off("unhandledRejection", onRejection);
}
