import { assertWholeNumber, KitError, type Call } from "@plinth/core";
import type { RateLimitCharge, TokenBucket } from "../stores/rate-limit-store.ts";
import { wholeLimitOf, type CallLimit } from "./call-limit.ts";
import { limitScope, type LimitDimension, type LimitKey } from "./limit-scope.ts";

/** One limit: how fast, and for whom. */
export interface RateLimitRule {
  /**
   * Calls per minute in the long run, or units of cost. Need not be whole. A function tells it for each call; a caller
   * whose limit changes goes on with the tokens that he has left.
   */
  readonly perMinute: CallLimit;
  /** Calls, or units of cost, that may come at once after a pause. @default what flows in within 10 seconds, at least 1 */
  readonly burst?: CallLimit;
  /** Who or what has a bucket of its own: one dimension, several together, or a function. @default "principal" */
  readonly by?: LimitDimension | readonly LimitDimension[] | LimitKey;
}

/** How fast and how much at once. */
interface Limit {
  readonly perMinute: number;
  readonly bucket: TokenBucket;
}

/** A charge that knows which limit it is for. */
export interface MeteredCharge extends RateLimitCharge {
  /** For messages: what the limit counts by. */
  readonly name: string;
  readonly perMinute: number;
}

/** Tells what a call takes from the bucket of one limit; `undefined` for a call that it does not count. */
export type RateLimitMeter = (call: Call, cost: number) => MeteredCharge | undefined;

/** @throws KitError `MISUSE` for a rate or a burst that cannot be; the meter throws it for what a function gave */
export function rateLimitMeter(
  { perMinute, burst, by = "principal" }: RateLimitRule,
  prefix: string,
  addressOf: (call: Call) => string,
): RateLimitMeter {
  const fixed =
    typeof perMinute === "function" || typeof burst === "function"
      ? undefined
      : Object.freeze(toLimit(perMinute, burst));
  if (typeof burst === "number") assertBurst(burst);
  // Limits that differ never share a bucket, whatever store they share. One that changes keeps its buckets: otherwise each
  // change would fill them.
  const figures = fixed === undefined ? "varies" : `${fixed.perMinute}/${fixed.bucket.capacity}`;
  const { name, keyOf } = limitScope(by, `${prefix}${figures}|`, addressOf);

  function limitOf(call: Call): Limit | undefined {
    const rate = typeof perMinute === "function" ? perMinute(call) : perMinute;
    if (rate === Infinity) return undefined;
    return toLimit(rate, burst === undefined ? undefined : Math.min(wholeLimitOf(burst, "burst", call), mostAtOnce));
  }

  return function rateLimitMeter(call, cost) {
    const limit = fixed ?? limitOf(call);
    const key = limit && keyOf(call);
    return key === undefined || limit === undefined
      ? undefined
      : { key, bucket: limit.bucket, cost, name, perMinute: limit.perMinute };
  };
}

const mostAtOnce = 1_000_000_000;

function toLimit(perMinute: number, burst?: number): Limit {
  // Between one call in a year and more than a process can count.
  if (!(typeof perMinute === "number" && perMinute >= 1e-6 && perMinute <= 1e9)) {
    throw new KitError("MISUSE", `perMinute is ${String(perMinute)}; it must be a number from 0.000001 to 1000000000`);
  }
  const capacity = burst ?? Math.max(1, Math.ceil(perMinute / 6));
  assertBurst(capacity);
  return { perMinute, bucket: Object.freeze({ capacity, refillPerMs: perMinute / 60_000 }) };
}

function assertBurst(burst: number): void {
  assertWholeNumber("burst", burst, { least: 1, most: mostAtOnce });
}

/** What a call takes from the buckets of all limits that count it. */
export function chargesOf(meters: readonly RateLimitMeter[], call: Call, cost: number): MeteredCharge[] {
  const charges: MeteredCharge[] = [];
  for (const meter of meters) {
    const charge = meter(call, cost);
    if (charge !== undefined) charges.push(charge);
  }
  return charges;
}
