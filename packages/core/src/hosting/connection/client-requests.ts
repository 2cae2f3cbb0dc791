import { KitError } from "../../errors/kit-error.ts";
import type { ClientRequest } from "../../protocol/incoming.ts";
import type { RpcResponse } from "../../protocol/json-rpc.ts";
import { notificationMessage, requestMessage } from "../../protocol/messages.ts";
import type { Channel } from "./channel.ts";

/** The error that a client answered with. */
class ClientError extends Error {
  override readonly name = "ClientError";
  /** JSON-RPC 2.0 section 5.1. */
  readonly code: number;
  readonly data: unknown;

  constructor({ code, message, data }: NonNullable<RpcResponse["error"]>) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

/** Our questions to the client of one legacy connection: elicitation, sampling and roots (MCP 2025-11-25, client). */
export class ClientRequests {
  readonly #channel: Pick<Channel, "send">;
  /** By id. As text: some clients give a number back as a string. */
  readonly #waiting = new Map<string, PromiseWithResolvers<unknown>>();
  #nextId = 0;

  constructor(channel: Pick<Channel, "send">) {
    this.#channel = channel;
  }

  /**
   * Asks, and gives what the client sent. When the signal aborts, the question is taken back (MCP 2025-11-25,
   * cancellation), and an answer that comes all the same is nobody's.
   */
  readonly ask: ClientRequest = async (method, params, signal) => {
    const id = this.#nextId++;
    const key = String(id);
    const message = requestMessage(id, method, params);
    const answer = Promise.withResolvers<unknown>();
    const takeBack = (): void => {
      if (!this.#waiting.delete(key)) return;
      const reason = sayable(signal.reason);
      const sent = { requestId: id, ...(reason !== undefined && { reason }) };
      // A client that is gone needs not be told.
      this.#channel.send(notificationMessage("notifications/cancelled", sent)).catch(() => undefined);
      answer.reject(signal.reason);
    };
    this.#waiting.set(key, answer);
    signal.addEventListener("abort", takeBack, { once: true });
    this.#channel.send(message).catch(answer.reject);
    try {
      return await answer.promise;
    } finally {
      signal.removeEventListener("abort", takeBack);
      this.#waiting.delete(key);
    }
  };

  /** Takes a response; tells whether a question waited for it. */
  settle({ id, result, error }: RpcResponse): boolean {
    const answer = this.#waiting.get(String(id));
    if (answer === undefined) return false;
    if (error === undefined) answer.resolve(result);
    else answer.reject(new ClientError(error));
    return true;
  }

  /** The connection is over: no answer will come. */
  rejectAll(reason: KitError): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(reason);
  }
}

/** The reason of a cancellation that the client may read: its own words, or those of an error made for clients. */
function sayable(reason: unknown): string | undefined {
  if (typeof reason === "string") return reason;
  return KitError.isInstance(reason) && reason.expose ? reason.message : undefined;
}
