import type { Logger } from "../../context/logger.ts";
import { toError } from "../../errors/to-error.ts";
import type { WorkerSlot } from "./worker-slot.ts";

/**
 * Replaces the workers one after the other on `SIGHUP`. When a new one cannot serve, the rest stay as they are. A signal
 * during a roll asks for another one after it. At a terminal the signal keeps its meaning: the terminal has gone.
 *
 * @returns a function that stops it; the worker that is being replaced is left to the caller.
 */
export function rollOnHangup(slots: readonly WorkerSlot[], log: Logger): () => void {
  const stopped = new AbortController();
  let rolling = false;
  let again = false;

  async function roll(): Promise<void> {
    log.info("Replacing the workers", { workers: slots.length });
    for (const slot of slots) {
      try {
        await slot.replace();
      } catch (error) {
        if (stopped.signal.aborted) return;
        log.error("Replacing the workers stopped: a new one could not serve", { reason: toError(error).message });
        return;
      }
      if (stopped.signal.aborted) return;
    }
    log.info("Replaced the workers", { workers: slots.length });
  }

  async function onHangup(): Promise<void> {
    again = true;
    if (rolling) return;
    rolling = true;
    while (again && !stopped.signal.aborted) {
      again = false;
      await roll();
    }
    rolling = false;
  }

  const listener = (): void => void onHangup();
  if (!process.stderr.isTTY) process.on("SIGHUP", listener);
  return () => {
    stopped.abort();
    process.off("SIGHUP", listener);
  };
}
