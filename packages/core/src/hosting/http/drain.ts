import { Server } from "node:net";
import { setImmediate as nextTurn, setTimeout as delay } from "node:timers/promises";
import type { Connections } from "./connections.ts";

/** Milliseconds in which connections that wait to be taken in must have been. */
const takeInMs = 200;

/** Turns of the event loop without a new connection after which none is waiting. */
const quietTurns = 3;

/** Milliseconds between two looks at the connections during a shutdown. */
const lookMs = 20;

/**
 * Stops listening without failing a connection. The kernel connects clients before we take them in, one a turn of the
 * event loop, and closing the listening socket resets those that wait: so they are taken in first. Nobody may be
 * answered meanwhile, because a client that is answered comes back with the next connection.
 */
export async function stopListening(server: Server, connections: { readonly taken: number }): Promise<void> {
  const end = performance.now() + takeInMs;
  for (let quiet = 0; quiet < quietTurns && performance.now() < end;) {
    const before = connections.taken;
    await nextTurn();
    quiet = connections.taken === before ? quiet + 1 : 0;
  }
  // Not http's or http2's own close(), which at once cuts every connection that is between two requests.
  Server.prototype.close.call(server);
}

/** Options for {@link drain}. */
export interface DrainOptions {
  /** Asked for anew each time, so that a more urgent call can bring it forward. */
  readonly deadline: () => number;
  /** Milliseconds that a connection must have been idle before it is closed: time for a busy client's next request. */
  readonly settleMs: number;
}

/**
 * Waits until every connection is closed: by its client, which answers and HTTP/2 ask to do so, or here once it has settled
 * between two requests. Gives up at the deadline.
 */
export async function drain(connections: Connections, { deadline, settleMs }: DrainOptions): Promise<void> {
  connections.askToLeave();
  while (connections.size > 0 && performance.now() < deadline()) {
    connections.closeIdle(settleMs);
    await delay(Math.max(1, Math.min(lookMs, deadline() - performance.now())));
  }
}
