import { assertWholeNumber, KitError, type Call } from "@plinth/core";
import type { RateLimitCharge, TokenBucket } from "../stores/rate-limit-store.ts";
import { limitScope, type LimitDimension, type LimitKey, type LimitScope } from "./limit-scope.ts";

/** One limit: how fast, and for whom. */
export interface RateLimitRule {
  /** Calls per minute in the long run, or units of cost. Need not be whole. */
  readonly perMinute: number;
  /** Calls, or units of cost, that may come at once after a pause. @default what flows in within 10 seconds, at least 1 */
  readonly burst?: number;
  /** Who or what has a bucket of its own: one dimension, several together, or a function. @default "principal" */
  readonly by?: LimitDimension | readonly LimitDimension[] | LimitKey;
}

/** A {@link RateLimitRule}, ready for calls. */
export interface RateLimitMeter extends LimitScope {
  readonly perMinute: number;
  readonly bucket: TokenBucket;
}

/** A charge that knows which limit it is for. */
export interface MeteredCharge extends RateLimitCharge {
  readonly meter: RateLimitMeter;
}

/** @throws KitError `MISUSE` for a rate or a burst that cannot be */
export function rateLimitMeter(
  { perMinute, burst = Math.max(1, Math.ceil(perMinute / 6)), by = "principal" }: RateLimitRule,
  prefix: string,
  addressOf: (call: Call) => string,
): RateLimitMeter {
  // Between one call in a year and more than a process can count.
  if (!(perMinute >= 1e-6 && perMinute <= 1e9)) {
    throw new KitError("MISUSE", `perMinute is ${String(perMinute)}; it must be a number from 0.000001 to 1000000000`);
  }
  assertWholeNumber("burst", burst, { least: 1, most: 1_000_000_000 });
  return {
    // Limits that differ never share a bucket, whatever store they share.
    ...limitScope(by, `${prefix}${perMinute}/${burst}|`, addressOf),
    perMinute,
    bucket: Object.freeze({ capacity: burst, refillPerMs: perMinute / 60_000 }),
  };
}

/** What a call takes from the buckets of all limits that count it. */
export function chargesOf(meters: readonly RateLimitMeter[], call: Call, cost: number): MeteredCharge[] {
  const charges: MeteredCharge[] = [];
  for (const meter of meters) {
    const key = meter.keyOf(call);
    if (key !== undefined) charges.push({ key, bucket: meter.bucket, cost, meter });
  }
  return charges;
}
