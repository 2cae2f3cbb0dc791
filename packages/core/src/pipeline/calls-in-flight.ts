import { within } from "../async/within.ts";

/** Where a call learns that its client has given it up. */
export interface CallSource {
  /** Aborts when the client cancels or goes away. Read only when somebody asks for the call's own signal. */
  readonly signal: AbortSignal;
}

/** Knows which calls run, so that a server can wait for them, and stop them. */
export class CallsInFlight {
  readonly #running = new Set<TrackedCall>();
  #idle: (() => void)[] = [];

  get count(): number {
    return this.#running.size;
  }

  begin(source: CallSource): TrackedCall {
    const call = new TrackedCall(source, this.#onEnd);
    this.#running.add(call);
    return call;
  }

  /** Resolves to true when no call runs, to false after `ms`. */
  async drained(ms: number): Promise<boolean> {
    if (this.#running.size === 0) return true;
    const { promise: idle, resolve } = Promise.withResolvers<void>();
    this.#idle.push(resolve);
    return !(await within(ms, idle)).late;
  }

  /** Aborts every call that runs. */
  abortAll(reason: unknown): void {
    for (const call of this.#running) call.abort(reason);
  }

  readonly #onEnd = (call: TrackedCall): void => {
    this.#running.delete(call);
    if (this.#running.size > 0) return;
    const waiting = this.#idle;
    this.#idle = [];
    for (const resolve of waiting) resolve();
  };
}

/** One call that runs. Its signal is made when first asked for: most calls end before anybody does. */
export class TrackedCall {
  readonly #source: CallSource;
  readonly #onEnd: (call: TrackedCall) => void;
  #controller: AbortController | undefined;
  #unfollow: (() => void) | undefined;
  #ended = false;

  constructor(source: CallSource, onEnd: (call: TrackedCall) => void) {
    this.#source = source;
    this.#onEnd = onEnd;
  }

  /**
   * Follows the client's signal while the call runs, and only then: what happens after the answer is not a
   * cancellation.
   */
  get signal(): AbortSignal {
    return (this.#controller ?? this.#follow()).signal;
  }

  abort(reason: unknown): void {
    (this.#controller ?? this.#follow()).abort(reason);
  }

  /** The call has settled. */
  end(): void {
    this.#ended = true;
    this.#unfollow?.();
    this.#onEnd(this);
  }

  #follow(): AbortController {
    const controller = (this.#controller = new AbortController());
    if (this.#ended) return controller;
    const { signal } = this.#source;
    const abort = (): void => controller.abort(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
    this.#unfollow = () => signal.removeEventListener("abort", abort);
    return controller;
  }
}
