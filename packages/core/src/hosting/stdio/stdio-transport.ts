import type { Readable, Writable } from "node:stream";
import type { JSONRPCMessage, Transport } from "@modelcontextprotocol/server";
import { errorCodes } from "../../errors/error-codes.ts";
import { readLine, refuseOversized, type Refusal } from "./inbound-line.ts";
import { createLineSplitter, type LineSplitter } from "./line-splitter.ts";
import { createLineWriter, ignoreLateErrors, type LineWriter } from "./line-writer.ts";
import { createUnansweredRequests } from "./unanswered-requests.ts";

/**
 * How a connection ends: at `end-of-input` the client may still read answers, when `gone` it does not; or it was
 * `closed` here.
 */
export type Departure = "end-of-input" | "gone" | "closed";

/** Options for {@link StdioTransport}. */
export interface StdioTransportOptions {
  readonly input: Readable;
  readonly output: Writable;
  /** Writes to `output` past whoever replaced its `write`. @default output.write */
  readonly write?: Writable["write"];
  /** Bytes one message may have. */
  readonly maxLineBytes: number;
  /** Bytes that may wait for a slow reader; above that nothing more is read. */
  readonly maxBacklogBytes: number;
  /** The connection ends. One may follow the other; none comes twice. */
  readonly onDeparture: (departure: Departure) => void;
  /** A request arrived and is about to be served. */
  readonly onRequest?: (method: string) => void;
}

/**
 * JSON-RPC messages over a pair of streams, one a line (MCP, transports, stdio). It differs from the SDK's transport at
 * the edges: a line that is no message is answered, one that is too long costs no memory, a client that does not read
 * is not read from, and the end of input leaves the output open until the answers are written.
 */
export class StdioTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;

  readonly #options: StdioTransportOptions;
  readonly #writer: LineWriter;
  readonly #splitter: LineSplitter;
  readonly #unanswered = createUnansweredRequests();
  #reading = false;
  #gone = false;
  #closed = false;

  constructor(options: StdioTransportOptions) {
    const { input, output, write, maxLineBytes, maxBacklogBytes } = options;
    this.#options = options;
    this.#writer = createLineWriter({
      output,
      ...(write !== undefined && { write }),
      maxBacklogBytes,
      onBackedUp: () => void input.pause(),
      onDrained: () => void (this.#reading && input.resume()),
      onGone: (error) => this.#leaveFor(error),
    });
    this.#splitter = createLineSplitter({
      maxLineBytes,
      onLine: (line) => this.#take(line),
      onOversizedLine: (line) => this.#refuse(refuseOversized(line, maxLineBytes)),
    });
  }

  /** Starts reading. Rejects when the transport has been closed before. */
  start(): Promise<void> {
    if (this.#closed) return Promise.reject(new Error("The connection was closed before it was opened"));
    const { input } = this.#options;
    this.#reading = true;
    input.on("data", this.#onData).on("end", this.#onEnd).on("error", this.#onInputError).on("close", this.#onEnd);
    if (input.readableEnded || input.destroyed) setImmediate(this.#onEnd);
    return Promise.resolve();
  }

  /**
   * Writes one message; resolves when the operating system has it. Rejects when the client is gone or the transport
   * closed.
   */
  send(message: JSONRPCMessage): Promise<void> {
    const written = this.#writer.write(this.#toLine(message));
    this.#unanswered.sent(message);
    return written;
  }

  /** Takes nothing more in; answers still go out. */
  stopReading(): void {
    if (!this.#reading) return;
    this.#reading = false;
    const { input } = this.#options;
    input.off("data", this.#onData).off("end", this.#onEnd).off("error", this.#onInputError).off("close", this.#onEnd);
    ignoreLateErrors(input);
    input.pause();
  }

  /** Resolves when every request that came in has its answer, and the operating system has that. */
  async answered(): Promise<void> {
    await this.#unanswered.settled();
    await this.#writer.flushed();
  }

  /** Ends it; what still waits to be written is dropped. The streams stay as they are: they belong to the caller. */
  close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.stopReading();
      this.#writer.close();
      this.onclose?.();
      this.#options.onDeparture("closed");
    }
    return Promise.resolve();
  }

  readonly #onData = (chunk: Buffer | string): void => {
    this.#splitter.push(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
  };

  readonly #onEnd = (): void => {
    if (!this.#reading) return;
    this.stopReading();
    this.#splitter.end();
    this.#options.onDeparture("end-of-input");
  };

  readonly #onInputError = (error: Error): void => this.#leaveFor(error);

  #leaveFor(error: Error): void {
    if (this.#gone || this.#closed) return;
    this.#gone = true;
    this.stopReading();
    this.onerror?.(error);
    this.#options.onDeparture("gone");
  }

  #take(line: Buffer): void {
    const inbound = readLine(line);
    switch (inbound.kind) {
      case "message":
        this.#unanswered.received(inbound.message);
        if ("method" in inbound.message && "id" in inbound.message) this.#options.onRequest?.(inbound.message.method);
        this.onmessage?.(inbound.message);
        break;
      case "refused":
        this.#refuse(inbound.refusal);
        break;
      case "blank":
        break;
      case "ignored":
        this.onerror?.(new Error(inbound.reason));
        break;
    }
  }

  #refuse(refusal: Refusal): void {
    this.onerror?.(new Error(refusal.error.message));
    // A client that is gone is reported by the writer.
    this.#writer.write(`${JSON.stringify(refusal)}\n`).catch(() => undefined);
  }

  /** A result that JSON cannot carry becomes an error: a client without an answer would wait for ever. */
  #toLine(message: JSONRPCMessage): string {
    try {
      return `${JSON.stringify(message)}\n`;
    } catch (error) {
      if ("method" in message || message.id === undefined) throw error;
      this.onerror?.(new Error(`The answer to request ${JSON.stringify(message.id)} is not JSON`, { cause: error }));
      const refusal = {
        jsonrpc: "2.0",
        id: message.id,
        error: { code: errorCodes.INTERNAL.rpc, message: "Internal error" },
      };
      return `${JSON.stringify(refusal)}\n`;
    }
  }
}
