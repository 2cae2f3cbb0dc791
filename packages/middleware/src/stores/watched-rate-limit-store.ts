import type { Awaitable, Call } from "@plinth/core";
import type { RateLimitCharge, RateLimitDecision, RateLimitStore } from "./rate-limit-store.ts";
import { storeAnswer } from "./store-answer.ts";
import { StoreOutage } from "./store-outage.ts";

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
  const outage = new StoreOutage({
    part: "rate-limit",
    message: `The rate limits' store is away; until it is back, ${meanwhile}`,
  });

  async function settle(call: Call, answer: PromiseLike<unknown>): Promise<RateLimitDecision | undefined> {
    const { signal } = call;
    try {
      const decision = toDecision(await storeAnswer(Promise.resolve(answer), { ms: timeoutMs, signal }));
      outage.answered();
      return decision;
    } catch (error) {
      if (signal.aborted) throw error;
      outage.failed(call, error);
      return undefined;
    }
  }

  return function ask(call, charges) {
    try {
      const answer: unknown = store.consume(charges);
      if (isThenable(answer)) return settle(call, answer);
      const decision = toDecision(answer);
      outage.answered();
      return decision;
    } catch (error) {
      outage.failed(call, error);
      return undefined;
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
