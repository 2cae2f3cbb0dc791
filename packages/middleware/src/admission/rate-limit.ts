import {
  assertOneOf,
  assertWholeNumber,
  KitError,
  longestTimerMs,
  type Call,
  type Middleware,
  type Next,
  type Result,
} from "@plinth/core";
import { keyPart } from "../identity/caller-key.ts";
import { clientAddressOf, type ClientAddressOptions } from "../identity/client-address.ts";
import { memoryRateLimitStore } from "../stores/memory-rate-limit-store.ts";
import type { RateLimitDecision, RateLimitStore } from "../stores/rate-limit-store.ts";
import { watchedRateLimitStore } from "../stores/watched-rate-limit-store.ts";
import { callCost, type CallCost } from "./call-cost.ts";
import { rateLimitRefusal, tooDearRefusal } from "./rate-limit-refusal.ts";
import { chargesOf, rateLimitMeter, type MeteredCharge, type RateLimitRule } from "./rate-limit-rule.ts";

/** Options for {@link rateLimit}. */
export interface RateLimitOptions extends ClientAddressOptions {
  /**
   * Limits that a call must keep, all of them; at most eight. A call that one refuses takes nothing of the others.
   * @default 600 a minute for each principal, 100 at once
   */
  readonly limits?: RateLimitRule | readonly RateLimitRule[];
  /**
   * What a call costs: a number of 0 or more, or a function that tells it for each call; 0 lets it pass uncounted.
   * **Security:** a function reads arguments that nobody has checked yet. @default 1
   */
  readonly cost?: CallCost;
  /** Where the buckets are kept; replicas that share a store share the limits. @default in the memory of this process */
  readonly store?: RateLimitStore;
  /**
   * What becomes of calls while the store is away. **Security:** `allow` means no limit for as long, also for whoever
   * brought the store down. @default "refuse"
   */
  readonly onStoreError?: "allow" | "refuse";
  /** Milliseconds that the store may take before it counts as away. @default 1_000 */
  readonly storeTimeoutMs?: number;
  /** Keeps equal limits apart that share a store. @default "" */
  readonly name?: string;
}

/**
 * Refuses calls that come faster than their limits allow, with `RATE_LIMITED` and the seconds to wait: token buckets,
 * which let through a burst after a pause. Calls by `ctx.invoke` count like a client's own.
 *
 * Tells `rate-limit`: `refused` (value: milliseconds to wait) and `store-failed`.
 *
 * @throws KitError `MISUSE` when made with a limit that cannot be. To clients: `RATE_LIMITED` beyond a limit, `UNAVAILABLE`
 * while the store is away
 */
export function rateLimit({
  limits = { perMinute: 600, burst: 100 },
  cost = 1,
  store = memoryRateLimitStore(),
  onStoreError = "refuse",
  storeTimeoutMs = 1_000,
  name = "",
  ...address
}: RateLimitOptions = {}): Middleware {
  assertOneOf("onStoreError", onStoreError, ["allow", "refuse"]);
  assertWholeNumber("storeTimeoutMs", storeTimeoutMs, { least: 1, most: longestTimerMs });
  const addressOf = clientAddressOf(address);
  const meters = [limits].flat().map((rule, index) => rateLimitMeter(rule, `${keyPart(name)}${index}:`, addressOf));
  assertWholeNumber("The number of limits", meters.length, { least: 1, most: 8 });
  const costOf = callCost(cost);
  const ask = watchedRateLimitStore({
    store,
    timeoutMs: storeTimeoutMs,
    meanwhile: onStoreError === "allow" ? "calls are not limited" : "calls are refused",
  });

  function proceed(call: Call, next: Next, charges: MeteredCharge[], decision: RateLimitDecision | undefined) {
    if (decision === undefined) return onStoreError === "allow" ? next() : Promise.reject(awayRefusal());
    if (decision.allowed) return next();
    call.emit({ part: "rate-limit", action: "refused", value: decision.retryAfterMs });
    return Promise.reject<Result>(rateLimitRefusal(charges, decision));
  }

  return function rateLimit(call, next) {
    let charges: MeteredCharge[];
    try {
      const price = costOf(call);
      if (price === 0) return next();
      charges = chargesOf(meters, call, price);
    } catch (error) {
      return Promise.reject(error);
    }
    if (charges.length === 0) return next();
    const tooDear = charges.find(isTooDear);
    if (tooDear !== undefined) {
      call.emit({ part: "rate-limit", action: "refused", value: 0 });
      return Promise.reject(tooDearRefusal(tooDear));
    }
    const decision = ask(call, charges);
    return decision instanceof Promise
      ? decision.then((settled) => proceed(call, next, charges, settled))
      : proceed(call, next, charges, decision);
  };
}

function isTooDear({ cost, bucket }: MeteredCharge): boolean {
  return cost > bucket.capacity;
}

function awayRefusal(): KitError {
  return new KitError("UNAVAILABLE", "The rate limit cannot be checked; try again in 1 s", { retryAfterSeconds: 1 });
}
