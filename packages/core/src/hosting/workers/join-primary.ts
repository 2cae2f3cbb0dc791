import type { Server, Socket } from "node:net";
import { KitError } from "../../errors/kit-error.ts";
import type { ChangeEvent, ChangeEvents } from "../change-events.ts";
import type { ConnectionSource } from "../http/connection-source.ts";
import type { ResolvedHttpOptions } from "../http/http-options.ts";
import { startOrphanWatchdog } from "../orphan-watchdog.ts";
import { createChangeOutbox } from "./change-outbox.ts";
import { workerMark } from "./worker-mark.ts";
import { isWorkerMessage, type ToPrimary, type ToWorker } from "./worker-messages.ts";

/** Milliseconds between two looks at the primary by the watchdog. */
const watchMs = 400;

/** What a worker needs of its server. */
export interface JoiningServer {
  readonly changes: ChangeEvents;
  /** Seals with a key that other processes have too, where the options name none. */
  shareSealingKey(key: string): void;
  close(): Promise<void>;
}

/**
 * The worker's end of `run({ workers })`: takes connections from the primary, relays changes, and closes the server when
 * the primary says so or is gone. Signals are the primary's: a terminal and many supervisors send them to every process.
 *
 * @returns where the connections come from.
 * @throws KitError `UNAVAILABLE` when the primary is gone already
 */
export async function joinPrimary(server: JoiningServer): Promise<ConnectionSource> {
  const { default: cluster } = await import("node:cluster");
  // Processes that this one starts are not workers.
  delete process.env[workerMark];
  // Else `node:cluster` ends the process the moment that the primary is gone, with calls in flight.
  if (cluster.worker !== undefined) cluster.worker.exitedAfterDisconnect = true;
  const welcomed = Promise.withResolvers<{ readonly port: number; readonly sealingKey: string }>();
  const portClosed = Promise.withResolvers<void>();
  const relay = relayChanges(server.changes);
  let take: (socket: Socket) => void = (socket) => void socket.destroy();

  process.on("message", (message: unknown, socket: Socket | undefined) => {
    if (!isWorkerMessage<ToWorker>(message)) return;
    switch (message.plinth) {
      case "welcome":
        welcomed.resolve(message);
        return;
      case "connection":
        send({ plinth: "taken" });
        // A client that has gone meanwhile leaves none.
        if (socket !== undefined) take(socket);
        return;
      case "stop":
        void server.close();
        return;
      case "port-closed":
        portClosed.resolve();
        return;
      case "changes":
        relay(message.changes);
    }
  });
  process.once("disconnect", () => {
    welcomed.reject(new KitError("UNAVAILABLE", "The primary process has ended"));
    portClosed.resolve();
    void server.close();
  });
  startOrphanWatchdog({ parent: process.ppid, intervalMs: watchMs });
  send({ plinth: "hello" });
  const { port, sealingKey } = await welcomed.promise;
  server.shareSealingKey(sealingKey);

  return {
    // Other workers serve meanwhile.
    settleMs: 1_000,
    open(listener, options) {
      take = injectInto(listener, options);
      send({ plinth: "listening" });
      return Promise.resolve(port);
    },
    ready: (url) => send({ plinth: "ready", url }),
    close() {
      send({ plinth: "holding" });
      return portClosed.promise;
    },
  };
}

/** Has an HTTP server serve connections that it did not take in itself, as it would serve its own. */
function injectInto(listener: Server, { maxConnections, tls }: ResolvedHttpOptions): (socket: Socket) => void {
  let open = 0;
  // Node begins to look for late requests when a server listens, and this one never does.
  listener.emit("listening");
  return (socket) => {
    if (open >= maxConnections) {
      socket.destroy();
      return;
    }
    open += 1;
    socket.once("close", () => (open -= 1));
    // A client may close its side after a request and still wait for the answer; HTTPS ends such connections itself.
    socket.allowHalfOpen = tls === undefined;
    listener.emit("connection", socket);
  };
}

/** Tells the other workers what changes here. @returns what delivers their changes here, and does not tell them back */
function relayChanges(changes: ChangeEvents): (received: readonly ChangeEvent[]) => void {
  let delivering: ChangeEvent | undefined;
  const tell = createChangeOutbox((batch, sent) => send({ plinth: "changes", changes: batch }, sent));
  changes.subscribe((change) => {
    if (change !== delivering) tell(change);
  });
  return (received) => {
    for (const change of received) {
      delivering = change;
      changes.publish(change);
    }
    delivering = undefined;
  };
}

/** A channel that is closed takes nothing, and the process hears of it by `disconnect`. */
function send(message: ToPrimary, sent: () => void = () => undefined): void {
  process.send?.(message, undefined, undefined, sent);
}
