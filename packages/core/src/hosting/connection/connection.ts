import { within } from "../../async/within.ts";
import { KitError } from "../../errors/kit-error.ts";
import type { RpcNotification, RpcRequest } from "../../protocol/json-rpc.ts";
import { errorMessage } from "../../protocol/messages.ts";
import type { InboundMessage } from "./channel.ts";
import type { ConnectionOptions, EraConnection } from "./era-connection.ts";
import { LegacyConnection } from "./legacy-connection.ts";
import { ModernConnection } from "./modern-connection.ts";
import { readOpening } from "./opening.ts";

/** Milliseconds that the answer to a probe may take before a handshake that follows it is served without. */
const probeMs = 3_000;

/**
 * One client on one ordered channel, without the official SDK. The first message decides the era, for good. A client may
 * ask `server/discover` before, and shake hands nevertheless (MCP 2026-07-28, stdio, backward compatibility).
 */
export class Connection {
  readonly #options: ConnectionOptions;
  #era: EraConnection | undefined;
  #isDecided = false;
  /** What came in while a probe was being answered; in order, because messages are. */
  #held: InboundMessage[] | undefined;
  #closed = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** Open `subscriptions/listen` requests. */
  get subscriptions(): number {
    return this.#era?.subscriptions ?? 0;
  }

  /** Takes the next message. Never throws, and never waits: answers go out on the channel. */
  receive(message: InboundMessage): void {
    if (this.#closed) return;
    if (this.#held !== undefined) this.#held.push(message);
    else if (this.#isDecided) this.#era?.receive(message);
    else if ("method" in message) this.#open(message);
    else this.#options.onStray("a response before the first request");
  }

  /** Ends subscriptions with their result and aborts calls. The channel stays open: it belongs to the caller. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#held = undefined;
    this.#era?.close(new KitError("CANCELLED", "The connection was closed"));
  }

  #open(message: RpcRequest | RpcNotification): void {
    const opening = readOpening(message);
    if (opening.era === "legacy") {
      if (this.#era === undefined) this.#decide(new LegacyConnection(this.#options), message);
      else void this.#fallBack(this.#era, message);
    } else if (opening.era === "modern") {
      // A probe decides nothing, and neither does a notification about one.
      this.#isDecided = "id" in message ? message.method !== "server/discover" : this.#era === undefined;
      this.#era ??= new ModernConnection(this.#options);
      this.#era.receive(message);
    } else if ("id" in message) {
      this.#options.channel.answer(message.id, errorMessage(message.id, opening.refusal));
    } else {
      this.#options.onStray(`a notification that cannot be served: ${opening.refusal.message}`);
    }
  }

  #decide(era: EraConnection, first: InboundMessage): void {
    this.#era = era;
    this.#isDecided = true;
    era.receive(first);
  }

  /** Serves a handshake after a probe, whose answer goes out first. */
  async #fallBack(probed: EraConnection, handshake: InboundMessage): Promise<void> {
    this.#held = [];
    await within(probeMs, probed.settled());
    if (this.#closed) return;
    probed.close(new KitError("CANCELLED", "The client fell back to the handshake"));
    const held = this.#held;
    this.#held = undefined;
    this.#decide(new LegacyConnection(this.#options), handshake);
    for (const message of held) this.#era?.receive(message);
  }
}
