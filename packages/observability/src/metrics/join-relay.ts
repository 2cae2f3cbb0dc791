import { KitError } from "@plinth/core";
import {
  isRelayMessage,
  type ProcessSnapshot,
  type RelayMessage,
  type RelayOptions,
  type WorkerRelay,
} from "./worker-relay.ts";

/** A worker's end of the relay: answers its primary, and asks it for the other workers. */
export function joinRelay({ own, timeoutMs }: RelayOptions): WorkerRelay {
  const asked = new Map<number, (all: readonly ProcessSnapshot[]) => void>();
  let ids = 0;

  const onMessage = (message: unknown): void => {
    if (!isRelayMessage(message)) return;
    if (message.plinthMetrics === "collect") void answer(message.id);
    else if (message.plinthMetrics === "answer") asked.get(message.id)?.(message.all);
  };
  async function answer(id: number): Promise<void> {
    await tell({ plinthMetrics: "collected", id, snapshot: await own() });
  }
  process.on("message", onMessage);
  void tell({ plinthMetrics: "hello" });

  return {
    leads: false,
    async collect() {
      const id = (ids += 1);
      const answered = Promise.withResolvers<readonly ProcessSnapshot[]>();
      // The primary waits for its workers meanwhile.
      const timer = setTimeout(() => {
        answered.reject(
          new KitError("UNAVAILABLE", "The primary process did not answer with the metrics of all workers"),
        );
      }, 2 * timeoutMs);
      asked.set(id, answered.resolve);
      try {
        void tell({ plinthMetrics: "ask", id });
        return await answered.promise;
      } finally {
        clearTimeout(timer);
        asked.delete(id);
      }
    },
    async close() {
      process.off("message", onMessage);
      await tell({ plinthMetrics: "leaving", snapshot: await own() });
    },
  };
}

/** Resolves when the message is on its way, or when there is nobody any more to take it. */
function tell(message: RelayMessage): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (process.send === undefined || !process.connected) resolve();
  else process.send(message, undefined, undefined, () => resolve());
  return promise;
}
