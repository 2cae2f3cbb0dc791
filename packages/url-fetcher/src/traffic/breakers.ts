import { BrokenCircuitError, circuitBreaker, CircuitState, ConsecutiveBreaker, handleWhen } from "cockatiel";
import type { CircuitBreakerPolicy } from "cockatiel";
import { toError } from "../errors/to-error.ts";
import { failureDetail, unreachable, type FailureReason } from "../errors/url-fetch-error.ts";
import type { BreakerPolicy } from "../policy/url-fetcher-policy.ts";

/** What the breaker looks at when a request has gone well: a status may be a failure too. */
interface Answered {
  readonly status: number;
}

/** Told of every change. */
export type OnBreakerChange = (host: string, state: "open" | "half-open" | "closed") => void;

/** The most failing hosts that are remembered; beyond, the one that began to fail first is forgotten. */
const maxHosts = 1000;

/** What is the host's doing. Refusals, limits, deadlines of callers and callers who went away are not. */
const failures: ReadonlySet<FailureReason> = new Set<FailureReason>([
  "connect",
  "dns",
  "tls",
  "proxy",
  "broken",
  "protocol",
  "time",
]);

/** Gateways that have no answer from behind; an error of the application (500) is an answer. */
const failing: ReadonlySet<number> = new Set([502, 503, 504]);

/**
 * The circuit breakers of a fetcher, one for each host whose last answer was a failure: one that answers needs none, and its
 * requests take no detour.
 */
export class Breakers {
  readonly #policy: Required<BreakerPolicy>;
  readonly #onChange: OnBreakerChange;
  readonly #byHost = new Map<string, CircuitBreakerPolicy>();

  constructor(policy: Required<BreakerPolicy>, onChange: OnBreakerChange) {
    this.#policy = policy;
    this.#onChange = onChange;
  }

  /**
   * Asks a host, unless its circuit is open.
   * @throws UrlFetchError `UNREACHABLE` when it is
   */
  ask<T extends Answered>(host: string, ask: () => Promise<T>): Promise<T> {
    const breaker = this.#byHost.get(host);
    return breaker === undefined ? this.#askUnbroken(host, ask) : this.#askFailing(breaker, { host, ask });
  }

  async #askFailing<T extends Answered>(
    breaker: CircuitBreakerPolicy,
    { host, ask }: { readonly host: string; readonly ask: () => Promise<T> },
  ): Promise<T> {
    try {
      const answer = await breaker.execute(ask);
      // The count of a closed circuit begins anew with each success, as that of a new one does.
      if (breaker.state === CircuitState.Closed && !failing.has(answer.status)) this.#byHost.delete(host);
      return answer;
    } catch (error) {
      if (!(error instanceof BrokenCircuitError)) throw error;
      throw unreachable({ reason: "circuit", explanation: "The circuit of the host is open" });
    }
  }

  async #askUnbroken<T extends Answered>(host: string, ask: () => Promise<T>): Promise<T> {
    let answer: T;
    try {
      answer = await ask();
    } catch (error) {
      if (isFailure(error)) await this.#count(host, () => Promise.reject(toError(error)));
      throw error;
    }
    if (failing.has(answer.status)) await this.#count(host, () => Promise.resolve(answer));
    return answer;
  }

  /** Shows a breaker what has happened without it. */
  async #count(host: string, outcome: () => Promise<Answered>): Promise<void> {
    const breaker = this.#breakerOf(host);
    // Another request may have opened it meanwhile; what is to decide about an open circuit is asked after that.
    if (breaker.state === CircuitState.Closed) await breaker.execute(outcome).catch(() => {});
  }

  #breakerOf(host: string): CircuitBreakerPolicy {
    const known = this.#byHost.get(host);
    if (known !== undefined) return known;
    const breaker: CircuitBreakerPolicy = circuitBreaker(
      // Who tries a half-open circuit and goes away without an answer has not shown that there is one.
      handleWhen((error) => isFailure(error) || breaker.state === CircuitState.HalfOpen).orWhenResult((answer) =>
        failing.has((answer as Answered).status),
      ),
      {
        breaker: new ConsecutiveBreaker(this.#policy.failures),
        halfOpenAfter: this.#policy.halfOpenAfterMs,
      },
    );
    breaker.onStateChange((state) => {
      if (state === CircuitState.Open) this.#onChange(host, "open");
      else this.#onChange(host, state === CircuitState.HalfOpen ? "half-open" : "closed");
    });
    this.#byHost.set(host, breaker);
    if (this.#byHost.size > maxHosts) {
      for (const oldest of this.#byHost.keys()) {
        this.#byHost.delete(oldest);
        break;
      }
    }
    return breaker;
  }
}

function isFailure(error: unknown): boolean {
  const reason = failureDetail(error)?.reason;
  return reason !== undefined && failures.has(reason);
}
