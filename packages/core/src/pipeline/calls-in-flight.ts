import { within } from "../async/within.ts";

/** One call that runs. */
export interface TrackedCall {
  /**
   * Follows the client's signal while the call runs, and only then: what happens after the answer is not a
   * cancellation.
   */
  readonly signal: AbortSignal;
  /** The call has settled. */
  end(): void;
}

/** Knows which calls run, so that a server can wait for them, and stop them. */
export class CallsInFlight {
  readonly #controllers = new Set<AbortController>();
  #idle: (() => void)[] = [];

  get count(): number {
    return this.#controllers.size;
  }

  begin(clientSignal: AbortSignal): TrackedCall {
    const controller = new AbortController();
    const follow = (): void => controller.abort(clientSignal.reason);
    if (clientSignal.aborted) follow();
    else clientSignal.addEventListener("abort", follow, { once: true });
    this.#controllers.add(controller);
    return {
      signal: controller.signal,
      end: () => {
        clientSignal.removeEventListener("abort", follow);
        this.#controllers.delete(controller);
        if (this.#controllers.size === 0) this.#release();
      },
    };
  }

  /** Resolves to true when no call runs, to false after `ms`. */
  async drained(ms: number): Promise<boolean> {
    if (this.#controllers.size === 0) return true;
    const { promise: idle, resolve } = Promise.withResolvers<void>();
    this.#idle.push(resolve);
    return !(await within(ms, idle)).late;
  }

  /** Aborts every call that runs. */
  abortAll(reason: unknown): void {
    for (const controller of this.#controllers) controller.abort(reason);
  }

  #release(): void {
    const waiting = this.#idle;
    this.#idle = [];
    for (const resolve of waiting) resolve();
  }
}
