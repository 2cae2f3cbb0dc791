import type { Worker } from "node:cluster";
import { worstHealth } from "../health/server-health.ts";
import { measuredMetrics } from "./definitions.ts";
import { countsOf, mergeFamilies } from "./merge-families.ts";
import { toFamily, type MetricFamily } from "./metric-family.ts";
import {
  isRelayMessage,
  type ProcessSnapshot,
  type RelayMessage,
  type RelayOptions,
  type WorkerRelay,
} from "./worker-relay.ts";

/** One worker, as the primary knows it. */
interface KnownWorker {
  last: ProcessSnapshot | undefined;
  /** Whether it did not answer in time. One that hangs is not asked again: the questions would wait in its channel for ever. */
  isSilent: boolean;
  /** Those who wait for an answer of it, by the number of their question. */
  readonly waiting: Map<number, (answered: boolean) => void>;
}

/**
 * The primary's end of the relay: asks the workers, remembers what each said last, and keeps the counts of those that
 * have ended. In a process without workers it gives what that process has.
 */
export async function leadRelay({ own, timeoutMs }: RelayOptions): Promise<WorkerRelay> {
  const { default: cluster } = await import("node:cluster");
  const workers = new Map<Worker, KnownWorker>();
  let departed: readonly MetricFamily[] = [];
  let leads = false;
  let ids = 0;

  const onMessage = (from: Worker, message: unknown): void => {
    if (!isRelayMessage(message)) return;
    if (message.plinthMetrics === "hello") {
      leads = true;
      if (!workers.has(from)) workers.set(from, { last: undefined, isSilent: false, waiting: new Map() });
      return;
    }
    const worker = workers.get(from);
    if (worker === undefined) return;
    switch (message.plinthMetrics) {
      case "collected":
        worker.last = message.snapshot;
        if (worker.isSilent) for (const settle of worker.waiting.values()) settle(true);
        else worker.waiting.get(message.id)?.(true);
        worker.isSilent = false;
        return;
      case "leaving":
        worker.last = message.snapshot;
        return;
      case "ask":
        void collect().then((all) => tell(from, { plinthMetrics: "answer", id: message.id, all }));
        break;
      default:
    }
  };
  const onExit = (from: Worker): void => {
    const worker = workers.get(from);
    if (worker === undefined) return;
    workers.delete(from);
    for (const settle of worker.waiting.values()) settle(false);
    if (worker.last !== undefined) departed = mergeFamilies([departed, countsOf(worker.last.families)]);
  };
  cluster.on("message", onMessage).on("exit", onExit);

  async function ask([process, worker]: readonly [Worker, KnownWorker]): Promise<boolean> {
    const id = (ids += 1);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(resolve, timeoutMs, false);
    worker.waiting.set(id, resolve);
    if (!worker.isSilent) tell(process, { plinthMetrics: "collect", id });
    try {
      const answered = await promise;
      if (!answered) worker.isSilent = true;
      return answered;
    } finally {
      clearTimeout(timer);
      worker.waiting.delete(id);
    }
  }

  async function collect(): Promise<readonly ProcessSnapshot[]> {
    const asked = [...workers];
    const [mine, ...answers] = await Promise.all([own(), ...asked.map(ask)]);
    if (!leads) return [mine];
    const answering = asked.flatMap(([, { last }], index) =>
      answers[index] === true && last !== undefined ? last : [],
    );
    const { ready, workers: states } = measuredMetrics;
    // One that says nothing serves nobody, whatever it said before.
    const health = worstHealth(answering.map((worker) => worker.health));
    const counted = [
      { labels: { state: "answered" }, value: answering.length },
      { labels: { state: "silent" }, value: asked.length - answering.length },
    ];
    return [
      {
        families: mergeFamilies([mine.families, departed, [toFamily(states, counted)]]),
        // The primary itself serves nothing and starts no service.
        server: [toFamily(ready, [{ labels: {}, value: Number(health.ready) }])],
        health,
      },
      ...[...workers.values()].flatMap(({ last }) => last ?? []),
    ];
  }

  return {
    get leads() {
      return leads;
    },
    collect,
    close() {
      cluster.off("message", onMessage).off("exit", onExit);
      return Promise.resolve();
    },
  };
}

/** A worker whose channel has closed takes no message; that it has ended is told besides. */
function tell(worker: Worker, message: RelayMessage): void {
  worker.send(message, undefined, undefined, () => undefined);
}
