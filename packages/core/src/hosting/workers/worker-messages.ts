import { isRecord } from "../../json/is-record.ts";
import type { ChangeEvent } from "../change-events.ts";

/**
 * What the primary says to a worker. Messages on a channel arrive in order; most of the shutdown rests on that.
 *
 * - `welcome`: the answer to `hello`.
 * - `connection`: comes with a socket.
 * - `stop`: finish what you have and exit.
 * - `port-closed`: no connection will come any more.
 */
export type ToWorker =
  | { readonly plinth: "welcome"; readonly port: number; readonly sealingKey: string }
  | { readonly plinth: "connection" }
  | { readonly plinth: "stop" }
  | { readonly plinth: "port-closed" }
  | ChangesMessage;

/**
 * What a worker says to the primary.
 *
 * - `hello`: the first word; nothing is sent to a worker before it.
 * - `listening`: connections can be taken, if only to answer that the services are not up yet.
 * - `ready`: calls can be served.
 * - `taken`: the connection was received, so its sender can let go of it.
 * - `holding`: no answer leaves until `port-closed`.
 */
export type ToPrimary =
  | { readonly plinth: "hello" | "listening" | "taken" | "holding" }
  | { readonly plinth: "ready"; readonly url: string }
  | ChangesMessage;

/** Changes to deliver to the listeners of another process. */
interface ChangesMessage {
  readonly plinth: "changes";
  readonly changes: readonly ChangeEvent[];
}

/** Tells our messages from those that the program or another library sends over the same channel. */
export function isWorkerMessage<Message extends ToWorker | ToPrimary>(message: unknown): message is Message {
  return isRecord(message) && typeof message["plinth"] === "string";
}
