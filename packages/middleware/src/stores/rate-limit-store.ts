import type { Awaitable } from "@plinth/core";

/** A bucket that fills up by and by, and pays for calls. */
export interface TokenBucket {
  /** Tokens it holds at most, and at first; above 0. */
  readonly capacity: number;
  /** Tokens that flow in per millisecond; above 0. */
  readonly refillPerMs: number;
}

/** What a call takes from one bucket. */
export interface RateLimitCharge {
  /** Names the bucket: any text that is not longer than 1,024 characters. */
  readonly key: string;
  readonly bucket: TokenBucket;
  /** Tokens, above 0 and at most the bucket's capacity; need not be whole. */
  readonly cost: number;
}

/** What the buckets say to one call. */
export interface RateLimitDecision {
  readonly allowed: boolean;
  /** Which charge the figures are about: the one to wait longest for, or with the fewest tokens left when allowed. */
  readonly charge: number;
  /** Tokens left in the bucket of that charge; at least 0. */
  readonly remaining: number;
  /** Milliseconds until the same call would be let through, if nobody else calls; 0 when allowed. */
  readonly retryAfterMs: number;
}

/**
 * Keeps token buckets; implementations pass `rateLimitStoreContract` of `@plinth/testing`.
 *
 * - All or nothing: either every charge is taken or none is. A call that one bucket refuses takes nothing of the others.
 * - Atomic: of any number of calls at the same time, in any number of processes, no more get through than the buckets
 *   hold.
 * - A key that is not known has a full bucket. A bucket may be forgotten once it is full again, and never before: who
 *   could make the store forget his bucket would have no limit.
 * - The bucket of a key may be another one with each call, because its limit has changed. Up to then it filled as the one
 *   before; it keeps the tokens that it has, as far as they fit; and it is forgotten only when it is full by both.
 * - Time never runs backwards, whatever the clock on the wall does.
 * - A store that is away rejects; what becomes of the call is for `rateLimit` to say.
 */
export interface RateLimitStore {
  /** Takes what a call costs, from one to eight buckets. */
  consume(charges: readonly RateLimitCharge[]): Awaitable<RateLimitDecision>;
}
