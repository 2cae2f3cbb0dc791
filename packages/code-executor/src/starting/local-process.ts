import type { Socket } from "node:net";
import type { SandboxExit, SandboxProcess, SandboxUsage } from "../backends/sandbox-backend.ts";
import { processTree, usageOf, yieldCpuOf } from "./process-tree.ts";

/** How long a pipe may stay open after the end of the process that it was for. */
const longestDrainMs = 500;

/** A process on this machine, the first of its group, as a sandbox. */
export class LocalProcess implements SandboxProcess {
  readonly input: Socket;
  readonly output: Socket;
  readonly exited: Promise<SandboxExit>;
  readonly #pid: number;
  readonly #onKeepAlive: (alive: boolean) => void;
  readonly #resolve: (exit: SandboxExit) => void;
  #gone = false;

  constructor(
    pid: number,
    { input, output }: { readonly input: Socket; readonly output: Socket },
    onKeepAlive: (alive: boolean) => void,
  ) {
    this.#pid = pid;
    this.input = input;
    this.output = output;
    this.#onKeepAlive = onKeepAlive;
    const { promise, resolve } = Promise.withResolvers<SandboxExit>();
    this.exited = promise;
    this.#resolve = resolve;
    for (const stream of [input, output]) stream.on("error", () => {});
  }

  /** To be called when the process has ended: what is still in its pipe is read before anyone hears of it. */
  end(exit: SandboxExit): void {
    if (this.#gone) return;
    // What it has started and left behind, and what would keep the pipe open.
    this.kill();
    this.#gone = true;
    const timer = setTimeout(() => this.output.destroy(), longestDrainMs);
    const settle = (): void => {
      clearTimeout(timer);
      this.#resolve(exit);
    };
    if (this.output.destroyed) settle();
    else this.output.once("close", settle);
  }

  kill(): void {
    if (this.#gone) return;
    try {
      process.kill(process.platform === "win32" ? this.#pid : -this.#pid, "SIGKILL");
    } catch {
      // Gone already, which is what was asked for.
    }
  }

  usage(): SandboxUsage | undefined {
    return this.#gone ? undefined : usageOf(processTree(this.#pid));
  }

  yieldCpu(niceness: number): void {
    if (!this.#gone) yieldCpuOf(processTree(this.#pid), niceness);
  }

  keepAlive(alive: boolean): void {
    for (const stream of [this.input, this.output]) {
      if (alive) stream.ref();
      else stream.unref();
    }
    this.#onKeepAlive(alive);
  }
}
