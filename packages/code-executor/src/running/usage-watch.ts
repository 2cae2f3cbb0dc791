import type { CompleteLimits } from "../limits.ts";
import type { RunFailure } from "../run-result.ts";
import type { Sandbox } from "./sandbox.ts";

/** Between two looks, in milliseconds: memory can be filled by some hundred megabytes meanwhile. */
const intervalMs = 25;
/** CPU time after which a run gives way to others: most programs need less, and starting a sandbox does not count. */
const patienceMs = 30;

/** Watches from outside what a sandbox uses during a run, and makes those that use much give way. */
export class UsageWatch {
  readonly #sandbox: Sandbox;
  readonly #limits: CompleteLimits;
  readonly #onExceeded: (failure: RunFailure, message: string) => void;
  #timer: NodeJS.Timeout | undefined;
  #cpuAtStart = 0;
  #cpuMs = 0;
  #peakMemoryBytes = 0;
  #yielded = false;

  constructor(sandbox: Sandbox, limits: CompleteLimits, onExceeded: (failure: RunFailure, message: string) => void) {
    this.#sandbox = sandbox;
    this.#limits = limits;
    this.#onExceeded = onExceeded;
  }

  start(): void {
    this.#cpuAtStart = this.#sandbox.usage()?.cpuMs ?? 0;
    this.#timer = setInterval(() => this.#look(), intervalMs);
  }

  /** What the child says of its CPU time: finer than the kernel's count, and believed where it is more. */
  report(cpuMs: number): void {
    this.#cpuMs = Math.max(this.#cpuMs, Math.min(cpuMs, this.#limits.wallMs * 2));
  }

  /** Looks once more. */
  stop(): { readonly cpuMs: number; readonly peakMemoryBytes: number } {
    clearInterval(this.#timer);
    this.#measure();
    return { cpuMs: this.#cpuMs, peakMemoryBytes: this.#peakMemoryBytes };
  }

  #measure(): void {
    const usage = this.#sandbox.usage();
    if (usage === undefined) return;
    this.#cpuMs = Math.max(this.#cpuMs, usage.cpuMs - this.#cpuAtStart);
    this.#peakMemoryBytes = Math.max(this.#peakMemoryBytes, usage.rssBytes);
  }

  #look(): void {
    this.#measure();
    const { cpuMs, rssBytes } = this.#limits;
    if (this.#peakMemoryBytes > rssBytes) {
      this.#onExceeded("out-of-memory", "The program used more memory than it may.");
    } else if (this.#cpuMs > cpuMs) {
      this.#onExceeded("timeout", `The program used more than ${cpuMs} ms of CPU time.`);
    } else if (!this.#yielded && this.#cpuMs >= patienceMs) {
      this.#yielded = true;
      this.#sandbox.yieldCpu();
    }
  }
}
