import type { CompleteLimits } from "../limits.ts";
import type { RunFailure } from "../run-result.ts";
import type { Sandbox } from "./sandbox.ts";

/** Between two looks, in milliseconds: memory can be filled by some hundred megabytes meanwhile. */
const intervalMs = 25;
/**
 * How far a run gives way to the executor's others, by the CPU time it has had: those that need little come first, and of
 * those that need much the younger. Not at once as far as it goes: on a machine that is busy with other things a process
 * at 15 gets next to nothing, and 200 ms of work took 13 s there.
 */
const steps: readonly { readonly afterMs: number; readonly niceness: number }[] = [
  { afterMs: 30, niceness: 7 },
  { afterMs: 150, niceness: 11 },
  { afterMs: 750, niceness: 15 },
];

/** Watches from outside what a sandbox uses during a run, and makes those that use much give way. */
export class UsageWatch {
  readonly #sandbox: Sandbox;
  readonly #limits: CompleteLimits;
  readonly #isAlone: () => boolean;
  readonly #onExceeded: (failure: RunFailure, message: string) => void;
  #timer: NodeJS.Timeout | undefined;
  #cpuAtStart = 0;
  #cpuMs = 0;
  #peakMemoryBytes = 0;
  #niceness = 0;

  constructor(
    sandbox: Sandbox,
    {
      limits,
      isAlone,
      onExceeded,
    }: {
      readonly limits: CompleteLimits;
      /** Whether there is no other run to give way to. */
      readonly isAlone: () => boolean;
      readonly onExceeded: (failure: RunFailure, message: string) => void;
    },
  ) {
    this.#sandbox = sandbox;
    this.#limits = limits;
    this.#isAlone = isAlone;
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
    } else {
      this.#giveWay();
    }
  }

  #giveWay(): void {
    const { niceness } = steps.findLast(({ afterMs }) => this.#cpuMs >= afterMs) ?? { niceness: 0 };
    if (niceness <= this.#niceness || this.#isAlone()) return;
    this.#niceness = niceness;
    this.#sandbox.yieldCpu(niceness);
  }
}
