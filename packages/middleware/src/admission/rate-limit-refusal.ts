import { KitError } from "@plinth/core";
import type { RateLimitDecision } from "../stores/rate-limit-store.ts";
import type { MeteredCharge } from "./rate-limit-rule.ts";

/** What a client reads that called too often. */
export function rateLimitRefusal(
  charges: readonly MeteredCharge[],
  { charge, remaining, retryAfterMs }: RateLimitDecision,
): KitError {
  const { name, perMinute } = charges[charge] ?? { name: "", perMinute: 0 };
  const retryAfterSeconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
  return new KitError(
    "RATE_LIMITED",
    `Too many calls: the limit is ${perMinute} a minute (by ${name}); try again in ${retryAfterSeconds} s`,
    {
      retryAfterSeconds,
      data: { limit: perMinute, remaining: Math.max(0, Math.floor(remaining)), scope: name },
    },
  );
}

/** What a client reads whose call no bucket can ever pay; to wait would not help, so it says nothing of waiting. */
export function tooDearRefusal({ perMinute, bucket, name, cost }: MeteredCharge): KitError {
  return new KitError(
    "RATE_LIMITED",
    `This call costs ${cost}, and the limit (by ${name}) lets through ${bucket.capacity} at once; ask for less at a time`,
    { data: { limit: perMinute, remaining: 0, scope: name } },
  );
}
