import type { Logger } from "../context/logger.ts";

/** Options for {@link onShutdownSignal}. */
export interface ShutdownOptions {
  readonly log: Logger;
  /** Ends the process with a status. @default process.exit */
  readonly exit?: (status: number) => void;
}

/** What shells report for a process that a signal ended: 128 and the signal's number. */
const exitStatus: Readonly<Record<"SIGINT" | "SIGTERM", number>> = { SIGINT: 130, SIGTERM: 143 };

/**
 * Milliseconds in which the same signal again is the same request: one to a process group reaches the server directly and
 * once more through the wrapper that started it.
 */
const echoMs = 100;

/**
 * Stops gracefully on `SIGTERM` and `SIGINT`. The first signal runs `stop` and then exits with 0, or with 1 if `stop`
 * failed. A second one exits at once, with 143 for `SIGTERM` and 130 for `SIGINT`; an echo of the first within 100 ms
 * does not count.
 *
 * @returns a function that stops listening for signals.
 */
export function onShutdownSignal(
  stop: () => Promise<void>,
  { log, exit = (status) => process.exit(status) }: ShutdownOptions,
): () => void {
  let first: { readonly signal: string; readonly at: number } | undefined;
  const onSignal = (signal: "SIGINT" | "SIGTERM"): void => {
    if (first !== undefined) {
      if (signal === first.signal && performance.now() - first.at < echoMs) return;
      log.warn("Second signal: exiting at once", { signal });
      exit(exitStatus[signal]);
      return;
    }
    first = { signal, at: performance.now() };
    log.info("Stopping", { signal });
    void stopThenExit(stop, log, exit);
  };
  process.on("SIGTERM", onSignal).on("SIGINT", onSignal);
  return () => void process.off("SIGTERM", onSignal).off("SIGINT", onSignal);
}

async function stopThenExit(stop: () => Promise<void>, log: Logger, exit: (status: number) => void): Promise<void> {
  try {
    await stop();
  } catch (error) {
    log.error("Stopping failed", { error });
    exit(1);
    return;
  }
  exit(0);
}
