import type { Awaitable, Call } from "@plinth/core";
import type { RateLimitCharge, RateLimitDecision, RateLimitStore } from "./rate-limit-store.ts";
import { storeAnswer } from "./store-answer.ts";

/** Options for {@link watchedRateLimitStore}. */
export interface WatchedRateLimitStoreOptions {
  readonly store: RateLimitStore;
  /** Milliseconds that the store may take. */
  readonly timeoutMs: number;
  /** What the log says becomes of calls meanwhile. */
  readonly meanwhile: string;
}

/** Asks a store; `undefined` means that it is away: it threw, gave no decision, or took too long. */
export type WatchedRateLimitStore = (
  call: Call,
  charges: readonly RateLimitCharge[],
) => Awaitable<RateLimitDecision | undefined>;

/** Makes one function of a store and everything that can go wrong with it. An outage is logged once, not per call. */
export function watchedRateLimitStore({
  store,
  timeoutMs,
  meanwhile,
}: WatchedRateLimitStoreOptions): WatchedRateLimitStore {
  let isAway = false;

  function failed(call: Call, error: unknown): undefined {
    call.emit({ part: "rate-limit", action: "store-failed" });
    if (isAway) return;
    isAway = true;
    try {
      call.context.log.error(`The rate limits' store is away; until it is back, ${meanwhile}`, { error });
    } catch {
      // The event is out, and a logger that fails must not decide about a call.
    }
  }

  async function settle(call: Call, answer: PromiseLike<unknown>): Promise<RateLimitDecision | undefined> {
    const { signal } = call;
    try {
      const decision = toDecision(await storeAnswer(Promise.resolve(answer), { ms: timeoutMs, signal }));
      isAway = false;
      return decision;
    } catch (error) {
      if (signal.aborted) throw error;
      return failed(call, error);
    }
  }

  return function ask(call, charges) {
    try {
      const answer: unknown = store.consume(charges);
      if (isThenable(answer)) return settle(call, answer);
      const decision = toDecision(answer);
      isAway = false;
      return decision;
    } catch (error) {
      return failed(call, error);
    }
  };
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

/** Stores speak to other machines, and may pass on what those say. */
function toDecision(value: unknown): RateLimitDecision {
  const { allowed, charge, remaining, retryAfterMs } = (value ?? {}) as Partial<
    Record<keyof RateLimitDecision, unknown>
  >;
  if (allowed === true) return value as RateLimitDecision;
  const isRefusal = allowed === false && Number.isSafeInteger(charge) && isAmount(remaining) && isAmount(retryAfterMs);
  if (!isRefusal) throw new TypeError("The store gave no decision");
  return value as RateLimitDecision;
}

function isAmount(value: unknown): boolean {
  return typeof value === "number" && value >= 0 && value < Infinity;
}
