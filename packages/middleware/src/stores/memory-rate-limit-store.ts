import { assertWholeNumber } from "@plinth/core";
import type { RateLimitCharge, RateLimitDecision, RateLimitStore, TokenBucket } from "./rate-limit-store.ts";

/** Options for {@link memoryRateLimitStore}. */
export interface MemoryRateLimitStoreOptions {
  /**
   * Buckets at most, of about 200 bytes each with names of the usual length. **Security:** callers beyond that share one bucket for each limit until
   * others are full again, so that nobody gets a fresh bucket by flooding the store with new keys. @default 100_000
   */
  readonly maxBuckets?: number;
  /** Milliseconds that only ever grow; steps back count as none. @default `performance.now` */
  readonly now?: () => number;
}

/** A {@link RateLimitStore} whose decisions come at once. */
export interface MemoryRateLimitStore extends RateLimitStore {
  consume(charges: readonly RateLimitCharge[]): RateLimitDecision;
  /** Buckets that are kept now. */
  readonly size: number;
}

/** One bucket as it was when it was last looked at. */
interface Level {
  /** The one of the last call: a limit may change while its buckets live. */
  bucket: TokenBucket;
  tokens: number;
  at: number;
  /** When it is full by every limit that it had before: who is let go of sooner comes back with a full bucket. */
  keepUntil: number;
}

/** Buckets that each new key looks at for one that may go. More than one, so that they go faster than they come. */
const lookedAt = 4;
/** Limits that have a bucket for those who find the store full; there are as many as the operator wrote down. */
const maxShared = 1_000;
/** Of what a bucket holds: what adding up fractions may be wrong by. */
const rounding = 1e-9;

/**
 * Token buckets in the memory of this process. A bucket that is full again is forgotten when new ones need the room; there
 * is no timer. When the store is full of buckets that are not, new keys share one bucket for each limit: they are limited
 * together, and who had a bucket keeps it.
 *
 * @throws KitError `MISUSE` for a number of buckets that cannot be
 */
export function memoryRateLimitStore({
  maxBuckets = 100_000,
  now = () => performance.now(),
}: MemoryRateLimitStoreOptions = {}): MemoryRateLimitStore {
  assertWholeNumber("maxBuckets", maxBuckets, { least: 1, most: 10_000_000 });
  const levels = new Map<string, Level>();
  const shared = new Map<string, Level>();
  // Lives on from call to call: it also sees what is added behind it, and is not troubled by what is deleted.
  let round = levels.entries();
  let before = now();
  let time = 0;

  /** Adds up steps forward alone: a clock that jumps back must neither stop the buckets nor fill them twice. */
  function tick(): void {
    const read = now();
    if (read > before) time += read - before;
    if (!Number.isNaN(read)) before = read;
  }

  function sweep(): void {
    for (let step = 0; step < lookedAt; step += 1) {
      let next = round.next();
      if (next.done === true) next = (round = levels.entries()).next();
      if (next.done === true) return;
      const [key, level] = next.value;
      fill(level, time);
      if (level.tokens >= level.bucket.capacity && time >= level.keepUntil) levels.delete(key);
    }
  }

  function levelOf({ key, bucket }: RateLimitCharge): Level {
    const known = levels.get(key);
    if (known !== undefined) {
      if (known.bucket !== bucket) change(known, bucket, time);
      return known;
    }
    sweep();
    if (levels.size < maxBuckets) return add(levels, key, bucket);
    const limit = `${bucket.capacity}/${bucket.refillPerMs}`;
    const name = shared.has(limit) || shared.size < maxShared ? limit : "others";
    const level = shared.get(name);
    if (level === undefined) return add(shared, name, bucket);
    if (level.bucket !== bucket) change(level, bucket, time);
    return level;
  }

  function add(map: Map<string, Level>, key: string, bucket: TokenBucket): Level {
    const level: Level = { bucket, tokens: bucket.capacity, at: time, keepUntil: 0 };
    map.set(key, level);
    return level;
  }

  function consume(charges: readonly RateLimitCharge[]): RateLimitDecision {
    tick();
    const [only] = charges;
    if (charges.length === 1 && only !== undefined) return take(levelOf(only), only.cost, time, 0);
    const taken: (Level | undefined)[] = [];
    let refusal: RateLimitDecision | undefined;
    let tightest: RateLimitDecision = { allowed: true, charge: 0, remaining: Infinity, retryAfterMs: 0 };
    for (let index = 0; index < charges.length; index += 1) {
      const charge = charges[index] as RateLimitCharge;
      const level = levelOf(charge);
      const decision = take(level, charge.cost, time, index);
      if (decision.allowed) {
        taken[index] = level;
        if (decision.remaining < tightest.remaining) tightest = decision;
      } else if (refusal === undefined || decision.retryAfterMs > refusal.retryAfterMs) {
        refusal = decision;
      }
    }
    if (refusal === undefined) return tightest;
    for (const [index, { cost }] of charges.entries()) {
      const level = taken[index];
      if (level !== undefined) level.tokens += cost;
    }
    return refusal;
  }

  return {
    consume,
    get size() {
      return levels.size + shared.size;
    },
  };
}

function fill(level: Level, time: number): void {
  const { capacity, refillPerMs } = level.bucket;
  level.tokens = Math.min(capacity, level.tokens + (time - level.at) * refillPerMs);
  level.at = time;
}

/** What has flowed in until now flowed in by the limit before; what does not fit the new one is gone. */
function change(level: Level, bucket: TokenBucket, time: number): void {
  fill(level, time);
  const { capacity, refillPerMs } = level.bucket;
  if (capacity === bucket.capacity && refillPerMs === bucket.refillPerMs) return;
  level.keepUntil = Math.max(level.keepUntil, time + (capacity - level.tokens) / refillPerMs);
  level.bucket = bucket;
  level.tokens = Math.min(level.tokens, bucket.capacity);
}

function take(level: Level, cost: number, time: number, charge: number): RateLimitDecision {
  fill(level, time);
  const { capacity, refillPerMs } = level.bucket;
  const left = level.tokens - cost;
  // Asked this way round, a cost that is no number takes nothing and gets nothing.
  if (cost > 0 && left >= -capacity * rounding) {
    level.tokens = Math.max(0, left);
    return { allowed: true, charge, remaining: level.tokens, retryAfterMs: 0 };
  }
  return { allowed: false, charge, remaining: level.tokens, retryAfterMs: Math.ceil(-left / refillPerMs) };
}
