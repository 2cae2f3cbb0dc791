/** A bucket that fills up by and by, and pays for requests. */
export interface TokenBucket {
  /** Tokens it holds at most, and at first. */
  readonly capacity: number;
  /** Tokens that flow in per millisecond. */
  readonly refillPerMs: number;
}

/** What a bucket said to one request. */
export interface RateLimitDecision {
  readonly allowed: boolean;
  /** Milliseconds until there is a token again; 0 when allowed. */
  readonly retryAfterMs: number;
}

/**
 * Keeps token buckets. `consume` takes one token from the bucket of a key if there is one, atomically, and makes a full
 * bucket for a key that it does not know. It may forget a bucket once it would be full again.
 */
export interface RateLimitStore {
  consume(key: string, bucket: TokenBucket): RateLimitDecision | Promise<RateLimitDecision>;
}
