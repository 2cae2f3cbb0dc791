import type { JSONRPCMessage, Transport } from "@modelcontextprotocol/server";
import { errorCodes } from "../../errors/error-codes.ts";
import { errorMessage } from "../../protocol/messages.ts";
import type { LineMessage } from "./inbound-line.ts";
import type { StdioChannel } from "./stdio-channel.ts";

/** Options for {@link SdkTransport}. */
export interface SdkTransportOptions {
  readonly channel: StdioChannel;
  /** Sees each message before the SDK does. */
  readonly onMessage?: (message: LineMessage) => void;
  /** Told of a result that cannot be sent. */
  readonly onProblem: (error: Error) => void;
}

/** A {@link StdioChannel} the way the official SDK wants a transport. */
export class SdkTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  readonly #options: SdkTransportOptions;
  #closed = false;

  constructor(options: SdkTransportOptions) {
    this.#options = options;
  }

  /** Starts reading. Rejects when the channel has been closed before. */
  async start(): Promise<void> {
    const { channel, onMessage } = this.#options;
    channel.start((message) => {
      onMessage?.(message);
      this.onmessage?.(message as JSONRPCMessage);
    });
  }

  /** Resolves when the operating system has the message. Rejects when the client is gone or the channel closed. */
  async send(message: JSONRPCMessage): Promise<void> {
    const { channel } = this.#options;
    if ("method" in message || message.id === undefined) {
      await channel.send(JSON.stringify(message));
      return;
    }
    const { id } = message;
    channel.answer(id, this.#toText(message, id));
    await channel.flushed();
  }

  /** Ends it, once. */
  close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#options.channel.close();
      this.onclose?.();
    }
    return Promise.resolve();
  }

  /** A result that JSON cannot carry becomes an error: a client without an answer would wait for ever. */
  #toText(response: JSONRPCMessage, id: string | number): string {
    try {
      return JSON.stringify(response);
    } catch (cause) {
      this.#options.onProblem(new Error(`The answer to request ${JSON.stringify(id)} is not JSON`, { cause }));
      return errorMessage(id, { code: errorCodes.INTERNAL.rpc, message: "Internal error" });
    }
  }
}
