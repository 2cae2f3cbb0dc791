import { failure } from "../errors/url-fetch-error.ts";
import type { ResolvedPolicy } from "../policy/resolve-policy.ts";
import { memoryRateLimitStore } from "./memory-rate-limit-store.ts";
import type { RateLimitDecision, RateLimitStore, TokenBucket } from "./rate-limit-store.ts";

/** Admits the requests of each principal to each host at the policy's rate. */
export interface RateLimiter {
  /** @throws UrlFetchError `RATE_LIMITED` with the time to wait */
  admit(principal: string, host: string): Promise<void>;
}

/** Stores speak to other machines, and may pass on what those say. */
function isDecision(value: unknown): value is RateLimitDecision {
  if (typeof value !== "object" || value === null) return false;
  const { allowed, retryAfterMs } = value as Record<keyof RateLimitDecision, unknown>;
  return allowed === true || (allowed === false && typeof retryAfterMs === "number" && retryAfterMs >= 0);
}

/** Makes the limiter of a fetcher. */
export function createRateLimiter(policy: NonNullable<ResolvedPolicy["rateLimit"]>): RateLimiter {
  const { requests, perMs, burst, onStoreFailure } = policy;
  const store: RateLimitStore = policy.store ?? memoryRateLimitStore();
  const bucket: TokenBucket = { capacity: burst, refillPerMs: requests / perMs };

  async function ask(key: string): Promise<RateLimitDecision> {
    try {
      const decision = await store.consume(key, bucket);
      if (!isDecision(decision)) throw new TypeError("The store gave no decision");
      return decision;
    } catch (cause) {
      if (onStoreFailure === "allow") return { allowed: true, retryAfterMs: 0 };
      throw failure("RATE_LIMITED", "The rate limit cannot be checked; try again later", { reason: "rate", cause });
    }
  }

  return {
    async admit(principal, host) {
      // The length keeps two pairs apart whose texts run into each other.
      const { allowed, retryAfterMs } = await ask(`${principal.length}:${principal}:${host}`);
      if (allowed) return;
      const message = `Too many requests to this host; try again in ${retryAfterMs} ms`;
      throw failure("RATE_LIMITED", message, { reason: "rate", retryAfterMs });
    },
  };
}
