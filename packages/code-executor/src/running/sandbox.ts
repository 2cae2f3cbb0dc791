import type { SandboxExit, SandboxProcess, SandboxUsage } from "../backends/sandbox-backend.ts";
import { CodeExecutorError } from "../code-executor-error.ts";
import { encodeFrame, FrameReader } from "../protocol/frames.ts";
import { type ChildMessage, type HostMessage, readChildMessage } from "../protocol/messages.ts";

/** What a run wants to hear from its sandbox. */
export interface SandboxListener {
  onMessage(message: ChildMessage): void;
  /** What it sent is none of our messages: it has broken out of its isolate, or is broken. */
  onGarbage(reason: string): void;
  onExit(exit: SandboxExit): void;
}

/** Until a run has said what it allows: enough to say "ready", or why not. */
const firstFrameBytes = 16 * 1024;

/** A started child and the messages to and from it. */
export class Sandbox {
  /** Settles when the child can be given a program. */
  readonly ready: Promise<void>;
  readonly exited: Promise<SandboxExit>;
  readonly #process: SandboxProcess;
  #reader: FrameReader = new FrameReader(firstFrameBytes);
  #listener: SandboxListener | undefined;
  #exit: SandboxExit | undefined;
  readonly #abandon: (reason: Error) => void;

  constructor(process: SandboxProcess) {
    this.#process = process;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const fail = (reason: string): void => {
      reject(new CodeExecutorError("unavailable", `The sandbox could not be started: ${reason}.`));
      this.kill();
    };
    this.ready = promise;
    this.#abandon = reject;
    // A sandbox that nobody waits for any more may fail.
    promise.catch(() => {});
    this.#listener = {
      onMessage: (message) => {
        if (message.type === "ready") resolve();
        else fail(message.type === "unavailable" ? message.reason : "it answered out of turn");
      },
      onGarbage: fail,
      onExit: ({ code, signal, diagnostics }) =>
        fail(
          `it ended with ${signal ?? `code ${code}`}${diagnostics === undefined ? "" : `, saying ${firstLine(diagnostics)}`}`,
        ),
    };
    process.output.on("data", (chunk: Buffer) => this.#take(chunk));
    process.output.on("error", () => {});
    process.input.on("error", () => {});
    this.exited = process.exited;
    void this.exited.then((exit) => {
      this.#exit = exit;
      this.#listener?.onExit(exit);
    });
  }

  usage(): SandboxUsage | undefined {
    return this.#process.usage?.();
  }

  yieldCpu(niceness: number): void {
    this.#process.yieldCpu?.(niceness);
  }

  keepAlive(alive: boolean): void {
    this.#process.keepAlive?.(alive);
  }

  /** Hands what comes from now on to a run. @param longestFrame in bytes */
  listen(listener: SandboxListener, longestFrame: number): void {
    this.#listener = listener;
    this.#reader = new FrameReader(longestFrame);
    if (this.#exit !== undefined) listener.onExit(this.#exit);
  }

  send(message: HostMessage): void {
    if (!this.#process.input.destroyed) this.#process.input.write(encodeFrame(message));
  }

  /** Ends it; nothing of it is heard afterwards. */
  kill(): void {
    this.#listener = undefined;
    this.#abandon(new CodeExecutorError("closed", "The sandbox was ended before it was ready."));
    this.#process.kill();
    this.#process.output.destroy();
    this.#process.input.destroy();
  }

  #take(chunk: Buffer): void {
    let texts: string[];
    try {
      texts = this.#reader.push(chunk);
    } catch (error) {
      this.#listener?.onGarbage((error as Error).message);
      return;
    }
    for (const text of texts) {
      const message = readChildMessage(text);
      if (message === undefined) this.#listener?.onGarbage("it sent what is no message");
      else this.#listener?.onMessage(message);
    }
  }
}

function firstLine(text: string): string {
  return JSON.stringify(text.trim().split("\n", 1)[0]?.slice(0, 200));
}
