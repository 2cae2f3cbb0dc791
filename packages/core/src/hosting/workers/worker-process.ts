import cluster, { type Worker } from "node:cluster";
import type { Socket } from "node:net";
import type { Logger } from "../../context/logger.ts";
import type { ChangeEvent } from "../change-events.ts";
import { createChangeOutbox } from "./change-outbox.ts";
import type { Taker } from "./shared-port.ts";
import { workerMark } from "./worker-mark.ts";
import { isWorkerMessage, type ToPrimary, type ToWorker } from "./worker-messages.ts";

/** How a process ended: by itself with a status, or by a signal. */
export interface WorkerEnd {
  readonly code: number | null;
  readonly signal: string | null;
}

/** What a worker is given, and who hears of it. */
export interface WorkerProcessOptions {
  readonly log: Logger;
  /** Milliseconds after which a worker that was told to stop and still runs is killed. */
  readonly killAfterMs: number;
  readonly port: number;
  /** Seals the state of calls that wait for the client, so that any worker can open it. */
  readonly sealingKey: string;
  readonly onListening: (worker: WorkerProcess) => void;
  readonly onReady: (worker: WorkerProcess) => void;
  readonly onTaken: (worker: WorkerProcess) => void;
  /** It holds its answers back until {@link WorkerProcess.portClosed}. */
  readonly onHolding: (worker: WorkerProcess) => void;
  readonly onChanges: (worker: WorkerProcess, changes: readonly ChangeEvent[]) => void;
  readonly onEnd: (worker: WorkerProcess) => void;
}

/** One forked process, as the primary sees it. It runs the program anew, up to `run()`, and serves from there. */
export class WorkerProcess implements Taker {
  readonly #worker: Worker;
  readonly #options: WorkerProcessOptions;
  readonly #ready = Promise.withResolvers<string>();
  readonly #ended = Promise.withResolvers<WorkerEnd>();
  readonly #held = Promise.withResolvers<void>();
  readonly #tellChange: (change: ChangeEvent) => void;
  #greeted = false;
  #stopping = false;
  #over = false;
  #killTimer: NodeJS.Timeout | undefined;

  constructor(options: WorkerProcessOptions) {
    this.#options = options;
    this.#tellChange = createChangeOutbox((changes, sent) => this.#send({ plinth: "changes", changes }, sent));
    // A worker may end before anyone waits for it to be ready.
    this.#ready.promise.catch(() => undefined);
    this.#worker = cluster.fork({ [workerMark]: "1" });
    this.#worker.on("message", (message: unknown) => {
      if (isWorkerMessage<ToPrimary>(message)) this.#onMessage(message);
    });
    this.#worker.process.once("exit", (code, signal) => this.#onEnd({ code, signal }));
    this.#worker.on("error", (error) => {
      options.log.error("A worker's process reported an error", { pid: this.pid, error });
      // A process that could not even be started has no exit.
      if (this.pid === undefined) this.#onEnd({ code: null, signal: null });
    });
  }

  get pid(): number | undefined {
    return this.#worker.process.pid;
  }

  /** Where clients connect to, once the services are up. Rejects when the process ends before. */
  get ready(): Promise<string> {
    return this.#ready.promise;
  }

  get ended(): Promise<WorkerEnd> {
    return this.#ended.promise;
  }

  /** Resolves when no answer leaves it any more, be it that it has ended. */
  get held(): Promise<void> {
    return this.#held.promise;
  }

  /** Whether it was told to end. */
  get stopping(): boolean {
    return this.#stopping;
  }

  give(socket: Socket): void {
    this.#worker.send({ plinth: "connection" } satisfies ToWorker, socket, { keepOpen: true }, ignoreEnd);
  }

  tell(change: ChangeEvent): void {
    this.#tellChange(change);
  }

  /** Has it finish its calls and exit. One that has not come to `run()` yet has none. */
  stop(): void {
    if (this.#stopping || this.#over) return;
    this.#stopping = true;
    if (this.#greeted) this.#send({ plinth: "stop" });
    else this.#worker.process.kill("SIGTERM");
    const { log, killAfterMs } = this.#options;
    this.#killTimer = setTimeout(() => {
      log.error("A worker did not stop in time and is killed", { pid: this.pid, killAfterMs });
      this.kill();
    }, killAfterMs);
  }

  /** No connection comes any more after those that were given. */
  portClosed(): void {
    this.#send({ plinth: "port-closed" });
  }

  kill(): void {
    this.#worker.process.kill("SIGKILL");
  }

  #onMessage(message: ToPrimary): void {
    const { port, sealingKey, ...hears } = this.#options;
    switch (message.plinth) {
      case "hello":
        this.#greeted = true;
        this.#send({ plinth: "welcome", port, sealingKey });
        // It may have come this far just before the signal that it leaves to its primary by now.
        if (this.#stopping) this.#send({ plinth: "stop" });
        return;
      case "listening":
        hears.onListening(this);
        return;
      case "ready":
        this.#ready.resolve(message.url);
        hears.onReady(this);
        return;
      case "taken":
        hears.onTaken(this);
        return;
      case "holding":
        this.#held.resolve();
        hears.onHolding(this);
        return;
      case "changes":
        hears.onChanges(this, message.changes);
    }
  }

  #onEnd(end: WorkerEnd): void {
    this.#over = true;
    clearTimeout(this.#killTimer);
    this.#ended.resolve(end);
    this.#held.resolve();
    this.#ready.reject(new Error(`Worker ${this.pid} ended before it could serve; its own log says why`));
    this.#options.onEnd(this);
  }

  #send(message: ToWorker, sent: () => void = ignoreEnd): void {
    this.#worker.send(message, undefined, undefined, sent);
  }
}

/** A channel that has closed takes no message; its worker is dealt with when it has ended. */
function ignoreEnd(): void {}
