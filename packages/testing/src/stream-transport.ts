import type { Readable, Writable } from "node:stream";
import { ReadBuffer, serializeMessage, type JSONRPCMessage, type Transport } from "@modelcontextprotocol/client";

/** The client's end of a stdio connection over any two streams: the framing of stdio without a child process. */
export class StreamTransport implements Transport {
  onmessage?: NonNullable<Transport["onmessage"]>;
  onclose?: () => void;
  onerror?: (error: Error) => void;
  readonly #buffer = new ReadBuffer();
  readonly #input: Readable;
  readonly #output: Writable;

  /** `input` is what the server writes, `output` is what it reads. */
  constructor({ input, output }: { readonly input: Readable; readonly output: Writable }) {
    this.#input = input;
    this.#output = output;
  }

  async start(): Promise<void> {
    this.#input.on("data", (chunk: Buffer) => {
      this.#buffer.append(chunk);
      for (let message = this.#read(); message !== undefined; message = this.#read()) this.onmessage?.(message);
    });
    this.#input.once("close", () => this.onclose?.());
  }

  async send(message: JSONRPCMessage): Promise<void> {
    if (!this.#output.write(serializeMessage(message))) {
      await new Promise((resolve) => this.#output.once("drain", resolve));
    }
  }

  async close(): Promise<void> {
    this.#output.end();
    this.#input.destroy();
  }

  /** The next message that is one; `undefined` when there is none. */
  #read(): JSONRPCMessage | undefined {
    for (;;) {
      try {
        return this.#buffer.readMessage() ?? undefined;
      } catch (error) {
        // JSON that is no message: thrown on, it would end the process from within the stream.
        this.onerror?.(error as Error);
      }
    }
  }
}
