import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "../../context/logger.ts";
import { KitError } from "../../errors/kit-error.ts";
import { toError } from "../../errors/to-error.ts";
import { resolveHttpOptions, type HttpOptions } from "../http/http-options.ts";
import type { OpenHost } from "../open-hosts.ts";
import { rollOnHangup } from "./roll-on-hangup.ts";
import { SharedPort } from "./shared-port.ts";
import { toWorkerHttpOptions } from "./worker-http-options.ts";
import { WorkerProcess } from "./worker-process.ts";
import { WorkerSlot } from "./worker-slot.ts";

/** Milliseconds a stopping worker may take beyond its drain: its services have limits of their own. */
const stopMs = 30_000;

/** Milliseconds to wait for busy workers to hold their answers back before the port closes. */
const holdMs = 500;

/** Options for {@link openWorkers}. */
export interface WorkersOptions {
  readonly http: HttpOptions;
  /** Processes that serve. */
  readonly workers: number;
}

/** The processes that serve. */
export interface Workers extends OpenHost {
  /**
   * Resolves when all of them serve. Rejects with a `KitError` `UNAVAILABLE` when one ended before it could, which has
   * ended the others; its own log says why.
   */
  readonly started: Promise<void>;
}

/**
 * The primary process of `run({ workers })`: has the port, forks the workers that serve, replaces those that die, and
 * relays between them. It serves nothing itself and starts no service.
 *
 * `SIGHUP` replaces the workers one after the other without failing a call, so that they run what has been deployed
 * meanwhile. At a terminal it means what it always means there: the terminal has gone.
 *
 * @throws KitError `MISUSE` for an option that cannot be, and `CONFLICT` when the port is taken
 */
export async function openWorkers(log: Logger, { http, workers: count }: WorkersOptions): Promise<Workers> {
  const options = resolveHttpOptions(toWorkerHttpOptions(http));
  const port = await SharedPort.open(options);
  const workers = new Set<WorkerProcess>();
  const ending = Promise.withResolvers<void>();
  const sealingKey = randomBytes(32).toString("base64");
  let closing: Promise<void> | undefined;

  function fork(): WorkerProcess {
    const worker = new WorkerProcess({
      log,
      port: port.number,
      sealingKey,
      killAfterMs: options.drainMs + stopMs,
      onListening: (from) => port.add(from),
      onReady: (from) => port.prefer(from),
      onTaken: (from) => port.taken(from),
      onHolding(from) {
        // When all of them stop, they still take what has connected.
        if (closing !== undefined) return;
        port.retire(from);
        from.portClosed();
      },
      onChanges(from, changes) {
        for (const other of workers) {
          if (other !== from) for (const change of changes) other.tell(change);
        }
      },
      onEnd(from) {
        workers.delete(from);
        port.remove(from);
      },
    });
    workers.add(worker);
    return worker;
  }
  const slots = Array.from({ length: count }, () => new WorkerSlot({ log, fork }));

  async function shutDown(): Promise<void> {
    stopRolling();
    for (const slot of slots) slot.close();
    process.once("exit", killAll);
    const all = [...workers];
    for (const worker of all) worker.stop();
    await Promise.race([Promise.all(all.map((worker) => worker.held)), delay(holdMs, undefined, { ref: false })]);
    await port.close();
    for (const worker of all) worker.portClosed();
    await Promise.all(all.map((worker) => worker.ended));
    process.off("exit", killAll);
    ending.resolve();
  }

  /** A second signal ends the primary at once, and then nobody is left who would wait for the workers. */
  function killAll(): void {
    for (const worker of workers) worker.kill();
  }
  const close = (): Promise<void> => (closing ??= shutDown());
  const stopRolling = rollOnHangup(slots, log);

  async function start(): Promise<void> {
    try {
      // The first one alone: what keeps all of them from serving is then said once.
      const url = await slots[0]?.start();
      await Promise.all(slots.slice(1).map((slot) => slot.start()));
      if (closing === undefined) log.info("Listening", { url, workers: count });
    } catch (cause) {
      if (closing !== undefined) return;
      await close();
      throw new KitError("UNAVAILABLE", toError(cause).message, { cause });
    }
  }
  const started = start();
  // Who closes it before it has started does not wait for that.
  started.catch(() => undefined);

  return { started, closed: ending.promise, close };
}
