import { assertWholeNumber, KitError, longestTimerMs, type Call, type Middleware, type Result } from "@plinth/core";

/** Options for {@link timeout}. */
export interface TimeoutOptions {
  /** Milliseconds that a call may run, whatever its method, unless its tool has a `timeoutMs`. @default 30_000 */
  readonly ms?: number;
  /** The most milliseconds that a tool's own `timeoutMs` gets. @default 600_000, or `ms` if that is more */
  readonly maxMs?: number;
}

/**
 * Ends a call with `TIMEOUT` once its time is over, and aborts the signal that its handler sees. The answer goes out at
 * once, also when the handler does not heed the signal. Time in which a legacy client's user thinks about a question does
 * not count; the server's `inputTimeoutMs` bounds that. Tells `timeout: expired` with the limit in milliseconds.
 *
 * @throws KitError `TIMEOUT`; `MISUSE` when made with a time that no timer can wait
 */
export function timeout({ ms = 30_000, maxMs = Math.max(ms, 600_000) }: TimeoutOptions = {}): Middleware {
  assertWholeNumber("ms", ms, { least: 1, most: longestTimerMs });
  assertWholeNumber("maxMs", maxMs, { least: 1, most: longestTimerMs });
  return function timeout(call, next) {
    const own = call.target?.kind === "tool" ? call.target.definition.timeoutMs : undefined;
    const limit = own === undefined ? ms : Math.min(own, maxMs);
    return new Promise<Result>((resolve, reject) => {
      const deadline = new Deadline(call, limit, reject);
      try {
        next(call.with({ signal: () => deadline.signal })).then(
          (result) => {
            deadline.end();
            resolve(result);
          },
          (error: unknown) => {
            deadline.end();
            reject(error);
          },
        );
      } catch (error) {
        deadline.end();
        throw error;
      }
    });
  };
}

/** The end of one call's time. Its signal is made when somebody reads it: following another one costs more than a timer. */
class Deadline {
  readonly #call: Call;
  readonly #limit: number;
  readonly #reject: (error: KitError) => void;
  /** Milliseconds after the start for which the timer is set. */
  #due: number;
  #timer: NodeJS.Timeout;
  #controller: AbortController | undefined;
  #unfollow: (() => void) | undefined;
  #expired: KitError | undefined;
  #ended = false;

  constructor(call: Call, limit: number, reject: (error: KitError) => void) {
    this.#call = call;
    this.#limit = limit;
    this.#reject = reject;
    this.#due = limit;
    this.#timer = setTimeout(expire, limit, this);
  }

  get signal(): AbortSignal {
    return (this.#controller ?? this.#follow()).signal;
  }

  /** The call has settled: nothing is to fire any more. */
  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#unfollow?.();
  }

  expire(): void {
    const due = this.#limit + this.#call.traffic.waitedMs;
    if (due > this.#due) {
      this.#timer = setTimeout(expire, Math.min(due - this.#due, longestTimerMs), this);
      this.#due = due;
      return;
    }
    const error = (this.#expired = new KitError(
      "TIMEOUT",
      `The call ran past ${this.#limit} ms; ask for less at a time, or try again later`,
    ));
    this.#unfollow?.();
    this.#call.emit({ part: "timeout", action: "expired", value: this.#limit });
    // First the answer: what the handler throws on its way out is not what the client is told.
    this.#reject(error);
    this.#controller?.abort(error);
  }

  #follow(): AbortController {
    const controller = (this.#controller = new AbortController());
    if (this.#expired !== undefined) controller.abort(this.#expired);
    if (this.#expired !== undefined || this.#ended) return controller;
    const { signal } = this.#call;
    const abort = (): void => controller.abort(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
    this.#unfollow = () => signal.removeEventListener("abort", abort);
    return controller;
  }
}

function expire(deadline: Deadline): void {
  deadline.expire();
}
