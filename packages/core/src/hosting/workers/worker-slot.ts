import type { Logger } from "../../context/logger.ts";
import { restartDelay } from "./restart-delay.ts";
import type { WorkerProcess } from "./worker-process.ts";

/** Milliseconds a worker must have served for its death to count as the first one again. */
const steadyMs = 60_000;

/** What {@link WorkerSlot} needs. */
export interface WorkerSlotOptions {
  readonly log: Logger;
  readonly fork: () => WorkerProcess;
}

/** Keeps one worker running: replaces one that died, after a while, and one that still runs, when asked to. */
export class WorkerSlot {
  readonly #log: Logger;
  readonly #fork: () => WorkerProcess;
  #current: WorkerProcess | undefined;
  #launching: Promise<string> | undefined;
  #closed = false;
  #deaths = 0;
  #restart: NodeJS.Timeout | undefined;

  constructor({ log, fork }: WorkerSlotOptions) {
    this.#log = log;
    this.#fork = fork;
  }

  /** Starts the first worker. @returns where it serves. Rejects when it ends before it can. */
  start(): Promise<string> {
    return this.#launch();
  }

  /**
   * Starts another worker and has the one before finish its calls once the new one can serve. Rejects, with the old one
   * still there, when the new one cannot.
   */
  async replace(): Promise<void> {
    this.#cancelRestart();
    // One that is coming up already may run what was there before whoever asked has changed it.
    await this.#launching?.catch(() => undefined);
    this.#cancelRestart();
    const before = this.#current;
    try {
      await this.#launch();
    } catch (error) {
      if (this.#current === undefined) this.#restartLater();
      throw error;
    }
    before?.stop();
    await before?.ended;
  }

  /** Starts no more workers. Those that run are for others to stop. */
  close(): void {
    this.#closed = true;
    this.#cancelRestart();
  }

  #launch(): Promise<string> {
    if (this.#closed) return Promise.reject(new Error("No worker starts any more"));
    const worker = this.#fork();
    const launched = worker.ready.then((url) => {
      this.#current = worker;
      void this.#watch(worker);
      return url;
    });
    this.#launching = launched.finally(() => (this.#launching = undefined));
    return this.#launching;
  }

  async #watch(worker: WorkerProcess): Promise<void> {
    const since = performance.now();
    const { code, signal } = await worker.ended;
    if (this.#current === worker) this.#current = undefined;
    if (this.#closed || worker.stopping) return;
    if (performance.now() - since >= steadyMs) this.#deaths = 0;
    const fields = { pid: worker.pid, code, signal };
    if (this.#launching === undefined) {
      this.#log.error("A worker died", { ...fields, restartInMs: this.#restartLater() });
    } else {
      this.#log.error("A worker died while its replacement was starting", fields);
    }
  }

  /** @returns after how many milliseconds, unless nothing is to start any more. */
  #restartLater(): number | undefined {
    if (this.#closed) return undefined;
    this.#deaths += 1;
    const restartInMs = restartDelay(this.#deaths);
    this.#restart = setTimeout(() => void this.#restartNow(), restartInMs);
    return restartInMs;
  }

  async #restartNow(): Promise<void> {
    try {
      await this.#launch();
      this.#log.info("A dead worker was replaced", { pid: this.#current?.pid });
    } catch {
      const restartInMs = this.#restartLater();
      if (restartInMs !== undefined) this.#log.error("A dead worker could not be replaced", { restartInMs });
    }
  }

  #cancelRestart(): void {
    clearTimeout(this.#restart);
    this.#restart = undefined;
  }
}
