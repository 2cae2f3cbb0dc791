import { toError } from "@plinth/core";
import type { CircuitBreakerPolicy } from "cockatiel";
import { loadCockatiel } from "./load-cockatiel.ts";

/** How a circuit changed. */
export type CircuitChange = "opened" | "half-opened" | "closed";

/** Options for {@link Circuit}. */
export interface CircuitOptions {
  /** Failures in a row that open it. */
  readonly failures: number;
  /** Milliseconds that it stays open. */
  readonly halfOpenAfterMs: number;
}

/** What {@link Circuit.probe} is to do. */
export interface Probe<T> {
  readonly run: () => Promise<T>;
  /** Whether what the run threw says that the target is still failing; otherwise it says nothing, and the next call is the probe. */
  readonly isFailure: (error: unknown) => boolean;
  readonly onChange: OnCircuitChange;
}

/** Told of every change. */
export type OnCircuitChange = (change: CircuitChange) => void;

/**
 * The circuit of one failing target: cockatiel's, but for three things. It lets others wait for a probe, however long that
 * takes, so whoever comes meanwhile is to be refused by {@link waitMs}. And it takes a probe that was cancelled for an
 * answer, so one that shows nothing puts it back to where it was.
 * And it goes by the clock on the wall, which jumps.
 */
export class Circuit {
  readonly #options: CircuitOptions;
  #policy: CircuitBreakerPolicy;
  /** Of the call that failed or tries now; kept no longer, because it holds all of that call. */
  #onChange: OnCircuitChange | undefined;
  #openedAt = 0;
  /** When the probe began that is under way. */
  #probe: { readonly since: number } | undefined;

  constructor(options: CircuitOptions) {
    this.#options = options;
    this.#policy = this.#newPolicy();
  }

  get isClosed(): boolean {
    return this.#policy.state === loadCockatiel().CircuitState.Closed;
  }

  /** Milliseconds until a call may try again; 0 when one may now. */
  get waitMs(): number {
    const since = this.#probe?.since ?? this.#openedAt;
    return Math.max(0, since + this.#options.halfOpenAfterMs - performance.now());
  }

  /** Milliseconds since it opened or was last tried. */
  get restingMs(): number {
    return performance.now() - (this.#probe?.since ?? this.#openedAt);
  }

  /** Counts a failure of a call that began while the circuit was closed. */
  async fail(failure: unknown, onChange: OnCircuitChange): Promise<void> {
    // Another call may have opened it meanwhile; an open circuit is asked by probes alone.
    if (!this.isClosed) return;
    const again = async (): Promise<never> => {
      throw toError(failure);
    };
    this.#onChange = onChange;
    await this.#policy.execute(again).catch(() => undefined);
    this.#onChange = undefined;
  }

  /** Lets one call through an open circuit whose time has come. */
  async probe<T>({ run, isFailure, onChange }: Probe<T>): Promise<T> {
    // A probe that hangs has had its time, and the next one is not to wait for it.
    this.#policy = this.#newPolicy(dueNow(this.#policy));
    const probe = (this.#probe = { since: performance.now() });
    const policy = this.#policy;
    this.#onChange = onChange;
    try {
      return await policy.execute(async () => {
        try {
          return await run();
        } catch (error) {
          // Saved while half open, a circuit comes back as open, and due.
          if (!isFailure(error) && policy === this.#policy) this.#policy = this.#newPolicy(dueNow(policy));
          throw error;
        }
      });
    } finally {
      if (this.#probe === probe) {
        this.#probe = undefined;
        this.#onChange = undefined;
      }
    }
  }

  #newPolicy(initialState?: unknown): CircuitBreakerPolicy {
    const { failures, halfOpenAfterMs } = this.#options;
    const { circuitBreaker, CircuitState, ConsecutiveBreaker, handleAll } = loadCockatiel();
    const breaker = new ConsecutiveBreaker(failures);
    const policy = circuitBreaker(handleAll, { breaker, halfOpenAfter: halfOpenAfterMs, initialState });
    policy.onStateChange((state) => {
      if (policy !== this.#policy) return;
      if (state === CircuitState.Open) {
        this.#openedAt = performance.now();
        this.#onChange?.("opened");
      } else if (state === CircuitState.HalfOpen) {
        this.#onChange?.("half-opened");
      } else if (state === CircuitState.Closed) {
        this.#onChange?.("closed");
      }
    });
    return policy;
  }
}

/** An open circuit as it is when its time has come. Cockatiel asks the clock on the wall, which may have jumped. */
function dueNow(policy: CircuitBreakerPolicy): unknown {
  const { ownState, breakerState } = policy.toJSON() as { readonly ownState: object; readonly breakerState: unknown };
  return { ownState: { ...ownState, openedAt: -Infinity }, breakerState };
}
