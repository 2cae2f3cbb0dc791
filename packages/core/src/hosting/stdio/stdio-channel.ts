import type { Readable, Writable } from "node:stream";
import type { RequestId } from "../../protocol/json-rpc.ts";
import type { Channel } from "../connection/channel.ts";
import { readLine, refuseOversized, type LineMessage, type Refusal } from "./inbound-line.ts";
import { createLineSplitter, type LineSplitter } from "./line-splitter.ts";
import { createLineWriter, ignoreLateErrors, type LineWriter } from "./line-writer.ts";
import { createUnansweredRequests } from "./unanswered-requests.ts";

/**
 * How a connection ends: at `end-of-input` the client may still read answers, when `gone` it does not; or it was
 * `closed` here.
 */
export type Departure = "end-of-input" | "gone" | "closed";

/** Options for {@link StdioChannel}. */
export interface StdioChannelOptions {
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
  /** A line that is no message, or a broken stream. */
  readonly onProblem: (error: Error) => void;
}

/**
 * JSON-RPC messages over a pair of streams, one a line (MCP, transports, stdio). A line that is no message is answered,
 * one that is too long costs no memory, a client that does not read is not read from, and the end of input leaves the
 * output open until the answers are written.
 */
export class StdioChannel implements Channel {
  readonly #options: StdioChannelOptions;
  readonly #writer: LineWriter;
  readonly #splitter: LineSplitter;
  readonly #unanswered = createUnansweredRequests();
  #onMessage: (message: LineMessage) => void = () => undefined;
  #reading = false;
  #gone = false;
  #closed = false;

  constructor(options: StdioChannelOptions) {
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

  /** Starts reading. @throws Error when the channel has been closed before */
  start(onMessage: (message: LineMessage) => void): void {
    if (this.#closed) throw new Error("The connection was closed before it was opened");
    const { input } = this.#options;
    this.#onMessage = onMessage;
    this.#reading = true;
    input.on("data", this.#onData).on("end", this.#onEnd).on("error", this.#onInputError).on("close", this.#onEnd);
    if (input.readableEnded || input.destroyed) setImmediate(this.#onEnd);
  }

  /** Resolves when the operating system has the message. Rejects when the client is gone or the channel closed. */
  send(message: string): Promise<void> {
    return this.#writer.send(message);
  }

  answer(id: RequestId, response: string): void {
    this.#writer.write(response);
    this.#unanswered.answered(id);
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

  /** Resolves when nothing waits to be written, for whatever reason. */
  flushed(): Promise<void> {
    return this.#writer.flushed();
  }

  /** Ends it; what still waits to be written is dropped. The streams stay as they are: they belong to the caller. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.stopReading();
    this.#writer.close();
    this.#options.onDeparture("closed");
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
    this.#options.onProblem(error);
    this.#options.onDeparture("gone");
  }

  #take(line: Buffer): void {
    const inbound = readLine(line);
    switch (inbound.kind) {
      case "message":
        this.#unanswered.received(inbound.message);
        this.#onMessage(inbound.message);
        break;
      case "refused":
        this.#refuse(inbound.refusal);
        break;
      case "blank":
        break;
      case "ignored":
        this.#options.onProblem(new Error(inbound.reason));
        break;
    }
  }

  #refuse(refusal: Refusal): void {
    this.#options.onProblem(new Error(refusal.error.message));
    this.#writer.write(JSON.stringify(refusal));
  }
}
