import { readCancellation } from "../../protocol/cancellation.ts";
import type { RequestId } from "../../protocol/json-rpc.ts";
import type { LineMessage } from "./inbound-line.ts";

/** Follows which requests of a connection still wait for their answer. */
export interface UnansweredRequests {
  received(message: LineMessage): void;
  answered(id: RequestId): void;
  /** Resolves when none is left. */
  settled(): Promise<void>;
}

/**
 * Counted on the wire rather than in the pipeline: an answer that is being written belongs to no call any more, and a
 * request that waits for the connection's first one to be sorted out belongs to none yet.
 *
 * A cancelled request is never answered, and a subscription's answer is its end (MCP 2026-07-28, subscriptions), so
 * neither is waited for.
 */
export function createUnansweredRequests(): UnansweredRequests {
  /** By id. Clients must not reuse an id in flight, but one that does gets two answers. */
  const counts = new Map<RequestId, number>();
  let resolvers: (() => void)[] = [];

  function settle(id: RequestId, all = false): void {
    const count = counts.get(id);
    if (count === undefined) return;
    if (count > 1 && !all) counts.set(id, count - 1);
    else counts.delete(id);
    if (counts.size > 0) return;
    for (const resolve of resolvers) resolve();
    resolvers = [];
  }

  return {
    received(message) {
      if (!("method" in message)) return;
      if ("id" in message) {
        if (message.method !== "subscriptions/listen") counts.set(message.id, (counts.get(message.id) ?? 0) + 1);
      } else if (message.method === "notifications/cancelled") {
        const cancelled = readCancellation(message.params);
        if (cancelled !== undefined) settle(cancelled.requestId, true);
      }
    },
    answered: (id) => settle(id),
    settled() {
      if (counts.size === 0) return Promise.resolve();
      const { promise, resolve } = Promise.withResolvers<void>();
      resolvers.push(resolve);
      return promise;
    },
  };
}
