import { randomUUID } from "node:crypto";
import type { Awaitable } from "@plinth/core";
import type { RateLimitCharge, RateLimitStore, TokenBucket } from "@plinth/middleware";
import { describe, expect, it } from "vitest";

/** A store under test, and its time. */
export interface OpenRateLimitStore {
  readonly store: RateLimitStore;
  /** A second way to the same buckets, such as another connection. @default `store` */
  readonly other?: RateLimitStore;
  /** Lets time pass for the store. @default really waits */
  readonly advance?: (ms: number) => Awaitable<void>;
  /** Lets go of the store after each test. */
  readonly close?: () => Awaitable<void>;
}

/** So slow that a test of any length sees nothing flow in. */
const slow: TokenBucket = { capacity: 5, refillPerMs: 1e-9 };
/** Full again after 300 ms. */
const quick: TokenBucket = { capacity: 3, refillPerMs: 0.01 };

/**
 * What every `RateLimitStore` promises, as tests. Call it where you would call `describe`, with a function that opens a
 * store; keys are new in each test, so one database serves all.
 */
export function rateLimitStoreContract(title: string, open: () => Awaitable<OpenRateLimitStore>): void {
  describe(`${title} as a rate limit store`, () => {
    it("gives out a full bucket to a key that it does not know, and then no more", () =>
      withStore(open, async ({ consume, key }) => {
        const decisions = await repeat(6, () => consume({ key, bucket: slow, cost: 1 }));

        expect(decisions.map(({ allowed }) => allowed)).toEqual([true, true, true, true, true, false]);
        expect(decisions.map(({ remaining }) => Math.floor(remaining + 1e-4))).toEqual([4, 3, 2, 1, 0, 0]);
        expect(decisions.at(0)?.retryAfterMs).toBe(0);
      }));

    it("lets a refused call through once it has waited as long as it was told, and no shorter", () =>
      withStore(open, async ({ consume, key, advance }) => {
        const bucket: TokenBucket = { capacity: 1, refillPerMs: 1 / 200 };
        await consume({ key, bucket, cost: 1 });

        const refused = await consume({ key, bucket, cost: 1 });
        const early = await consume({ key, bucket, cost: 1 });
        await advance(refused.retryAfterMs);
        const late = await consume({ key, bucket, cost: 1 });

        expect(refused).toMatchObject({ allowed: false });
        expect(refused.retryAfterMs).toBeGreaterThan(0);
        expect(refused.retryAfterMs).toBeLessThanOrEqual(200);
        expect(early.allowed).toBe(false);
        expect(late.allowed).toBe(true);
      }));

    it("never holds more than the capacity, however long nobody calls", () =>
      withStore(open, async ({ consume, key, advance }) => {
        await consume({ key, bucket: quick, cost: 3 });
        await advance(900);

        const whole = await consume({ key, bucket: quick, cost: 3 });
        const more = await consume({ key, bucket: quick, cost: 3 });

        expect(whole.allowed).toBe(true);
        expect(more.allowed).toBe(false);
      }));

    it("takes what a call costs, also fractions", () =>
      withStore(open, async ({ consume, key }) => {
        const decisions = [];
        for (const cost of [2.5, 2.25, 0.5, 0.25]) decisions.push(await consume({ key, bucket: slow, cost }));

        expect(decisions.map(({ allowed }) => allowed)).toEqual([true, true, false, true]);
      }));

    it("takes all charges or none, and names the one that refuses", () =>
      withStore(open, async ({ consume, key }) => {
        const rich: RateLimitCharge = { key: `${key}rich`, bucket: slow, cost: 1 };
        const poor: RateLimitCharge = { key: `${key}poor`, bucket: { ...slow, capacity: 1 }, cost: 1 };
        await consume(poor);

        const refused = await repeat(10, () => consume(rich, poor, { ...rich, key: `${key}third` }));
        const left = await repeat(6, () => consume(rich));

        expect(refused.map(({ allowed, charge }) => ({ allowed, charge }))).toEqual(
          refused.map(() => ({ allowed: false, charge: 1 })),
        );
        expect(left.filter(({ allowed }) => allowed)).toHaveLength(5);
      }));

    it("tells the longest wait when several charges refuse, and the fewest tokens when none does", () =>
      withStore(open, async ({ consume, key }) => {
        const first: RateLimitCharge = { key: `${key}1`, bucket: { capacity: 2, refillPerMs: 0.001 }, cost: 1 };
        const second: RateLimitCharge = { key: `${key}2`, bucket: { capacity: 2, refillPerMs: 0.0001 }, cost: 2 };

        const allowed = await consume(first, second);
        await consume(first);
        const refused = await consume(first, second);

        expect(allowed).toMatchObject({ allowed: true, charge: 1 });
        expect(refused).toMatchObject({ allowed: false, charge: 1 });
        expect(refused.retryAfterMs).toBeGreaterThan(10_000);
      }));

    it("goes on with the tokens that a key has when its bucket changes, as far as they fit", () =>
      withStore(open, async ({ consume, key }) => {
        const ofSize = (capacity: number): TokenBucket => ({ capacity, refillPerMs: 1e-9 });
        await consume({ key, bucket: ofSize(5), cost: 3 });

        const larger = await consume({ key, bucket: ofSize(50), cost: 1 });
        const smaller = await consume({ key, bucket: ofSize(1), cost: 1 });
        const largerAgain = await consume({ key, bucket: ofSize(50), cost: 1 });

        expect(larger.allowed).toBe(true);
        expect(Math.floor(larger.remaining + 1e-4)).toBe(1);
        expect(smaller.allowed).toBe(true);
        expect(largerAgain.allowed).toBe(false);
      }));

    it("fills a bucket up to a change by what held before it", () =>
      withStore(open, async ({ consume, key, advance }) => {
        await consume({ key, bucket: { capacity: 5, refillPerMs: 1e-9 }, cost: 5 });
        await advance(200);

        const changed = await consume({ key, bucket: { capacity: 5, refillPerMs: 0.001 }, cost: 1 });

        expect(changed.allowed).toBe(false);
      }));

    it("keeps every key for itself, whatever is in it", () =>
      withStore(open, async ({ consume, key }) => {
        const bucket = { ...slow, capacity: 1 };
        const names = ["", "a", "A", "a:b", "a b", "__proto__", "constructor", "ä", "{a}", "*", "a\n", "\u{1F600}"];

        const decisions = [];
        for (const name of names) decisions.push(await consume({ key: key + name, bucket, cost: 1 }));
        const again = await consume({ key: `${key}__proto__`, bucket, cost: 1 });

        expect(decisions.filter(({ allowed }) => allowed)).toHaveLength(names.length);
        expect(again.allowed).toBe(false);
      }));

    it("lets no more through at the same time than the bucket holds, by any way to it", () =>
      withStore(open, async ({ store, other, key }) => {
        const charge = { key, bucket: slow, cost: 1 };

        const decisions = await Promise.all(
          Array.from({ length: 40 }, (_, at) => Promise.resolve((at % 2 === 0 ? store : other).consume([charge]))),
        );

        expect(decisions.filter(({ allowed }) => allowed)).toHaveLength(slow.capacity);
      }));
  });
}

interface Opened extends Required<Pick<OpenRateLimitStore, "store" | "other" | "advance">> {
  /** Begins every key of the test. */
  readonly key: string;
  readonly consume: (...charges: RateLimitCharge[]) => Promise<Awaited<ReturnType<RateLimitStore["consume"]>>>;
}

async function withStore(
  open: () => Awaitable<OpenRateLimitStore>,
  test: (opened: Opened) => Promise<void>,
): Promise<void> {
  const { store, other = store, advance = sleep, close } = await open();
  try {
    const consume: Opened["consume"] = async (...charges) => store.consume(charges);
    await test({ store, other, advance, consume, key: `${randomUUID()}/` });
  } finally {
    await close?.();
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function repeat<T>(times: number, work: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let time = 0; time < times; time += 1) results.push(await work());
  return results;
}
