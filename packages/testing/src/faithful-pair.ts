import type { JSONRPCMessage, Transport } from "@modelcontextprotocol/client";
import { throughJson } from "./through-json.ts";

/** Two ends of an in-memory wire. */
export interface FaithfulPair {
  readonly client: Transport;
  readonly server: Transport;
  /** Messages that could not have travelled, in the order they were sent; each was also refused to its sender. */
  readonly unfaithful: readonly Error[];
}

/**
 * Makes a linked pair of transports. Every message goes through JSON, and arrives in a microtask of its own, so that
 * neither end runs inside the other's `send`.
 */
export function faithfulPair(): FaithfulPair {
  const unfaithful: Error[] = [];
  const client = new FaithfulEnd(unfaithful);
  const server = new FaithfulEnd(unfaithful);
  client.peer = server;
  server.peer = client;
  return { client, server, unfaithful };
}

class FaithfulEnd implements Transport {
  onmessage?: NonNullable<Transport["onmessage"]>;
  onclose?: () => void;
  onerror?: (error: Error) => void;
  peer: FaithfulEnd | undefined;
  readonly #unfaithful: Error[];
  readonly #waiting: JSONRPCMessage[] = [];
  #started = false;

  constructor(unfaithful: Error[]) {
    this.#unfaithful = unfaithful;
  }

  async start(): Promise<void> {
    this.#started = true;
    for (const message of this.#waiting.splice(0)) this.#deliver(message);
  }

  async send(message: JSONRPCMessage): Promise<void> {
    const { peer } = this;
    if (peer === undefined) throw new Error("The other end has closed");
    try {
      const copy = throughJson(message);
      peer.#receive(copy);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.#unfaithful.push(error);
      // The other end would wait for its answer until it times out; the test should fail now, and say why.
      if ("result" in message || "error" in message) {
        peer.#receive({ jsonrpc: "2.0", id: message.id, error: { code: -32_603, message: error.message } });
      } else throw error;
    }
  }

  async close(): Promise<void> {
    const { peer } = this;
    if (peer === undefined) return;
    this.peer = undefined;
    await peer.close();
    this.onclose?.();
  }

  #receive(message: JSONRPCMessage): void {
    if (this.#started) this.#deliver(message);
    else this.#waiting.push(message);
  }

  #deliver(message: JSONRPCMessage): void {
    queueMicrotask(() => this.onmessage?.(message));
  }
}
