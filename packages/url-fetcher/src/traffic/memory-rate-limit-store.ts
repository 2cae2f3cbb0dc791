import { checkedNumber } from "../policy/option-checks.ts";
import type { RateLimitDecision, RateLimitStore, TokenBucket } from "./rate-limit-store.ts";

/** Options for {@link memoryRateLimitStore}. */
export interface MemoryRateLimitStoreOptions {
  /** Buckets at most; beyond, the one that was used least recently is forgotten. @default 10_000 */
  readonly maxBuckets?: number;
}

/**
 * Token buckets in the memory of this process.
 * @throws UrlPolicyError for a number of buckets that cannot be
 */
export function memoryRateLimitStore({ maxBuckets }: MemoryRateLimitStoreOptions = {}): RateLimitStore {
  const most = checkedNumber("maxBuckets", maxBuckets, { least: 1, most: 10_000_000, fallback: 10_000 });
  /** In order of use. */
  const buckets = new Map<string, { readonly tokens: number; readonly at: number }>();

  return {
    consume(key: string, { capacity, refillPerMs }: TokenBucket): RateLimitDecision {
      const now = performance.now();
      const before = buckets.get(key) ?? { tokens: capacity, at: now };
      const tokens = Math.min(capacity, before.tokens + (now - before.at) * refillPerMs);
      const allowed = tokens >= 1;
      buckets.delete(key);
      buckets.set(key, { tokens: allowed ? tokens - 1 : tokens, at: now });
      if (buckets.size > most) {
        for (const oldest of buckets.keys()) {
          buckets.delete(oldest);
          break;
        }
      }
      return { allowed, retryAfterMs: allowed ? 0 : Math.ceil((1 - tokens) / refillPerMs) };
    },
  };
}
