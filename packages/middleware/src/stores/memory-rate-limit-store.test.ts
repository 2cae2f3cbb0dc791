import { rateLimitStoreContract } from "@plinth/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { memoryRateLimitStore } from "./memory-rate-limit-store.ts";
import type { TokenBucket } from "./rate-limit-store.ts";

/** A store whose time the test moves. */
function storeAt({ maxBuckets = 100 }: { maxBuckets?: number } = {}) {
  const clock = { now: 1_000 };
  const store = memoryRateLimitStore({ maxBuckets, now: () => clock.now });
  const consume = (key: string, bucket: TokenBucket, cost = 1) => store.consume([{ key, bucket, cost }]);
  return { clock, store, consume };
}

rateLimitStoreContract("memory", () => {
  const { store, clock } = storeAt();
  return { store, advance: (ms) => void (clock.now += ms) };
});

const one: TokenBucket = { capacity: 1, refillPerMs: 0.001 };

describe("memoryRateLimitStore", () => {
  it("keeps within its number of buckets, whatever number of keys comes", () => {
    const { store, consume } = storeAt({ maxBuckets: 1_000 });

    for (let key = 0; key < 1_000_000; key += 1) consume(`key ${key}`, one);

    expect(store.size).toBeLessThanOrEqual(1_001);
  });

  it("keeps the bucket of a limited key through a flood of new keys", () => {
    const { consume, clock } = storeAt({ maxBuckets: 100 });
    const hour: TokenBucket = { capacity: 1, refillPerMs: 1 / 3_600_000 };
    consume("attacker", hour);

    for (let key = 0; key < 10_000; key += 1) {
      consume(`fresh ${key}`, one);
      clock.now += 10;
    }

    expect(consume("attacker", hour).allowed).toBe(false);
  });

  it("lets those who find it full share one bucket for each limit", () => {
    const { consume } = storeAt({ maxBuckets: 2 });
    consume("a", one);
    consume("b", one);

    const others = ["c", "d", "e"].map((key) => consume(key, one).allowed);
    const otherLimit = consume("c", { capacity: 2, refillPerMs: 0.001 }).allowed;

    expect(others).toEqual([true, false, false]);
    expect(otherLimit).toBe(true);
  });

  it("has room again once buckets are full, without any timer", () => {
    const { store, consume, clock } = storeAt({ maxBuckets: 50 });
    for (let key = 0; key < 50; key += 1) consume(`old ${key}`, one);
    clock.now += 1_000;

    const decisions = Array.from({ length: 50 }, (_, key) => consume(`new ${key}`, one).allowed);

    expect(decisions).not.toContain(false);
    expect(store.size).toBeLessThanOrEqual(50);
  });

  it.each([
    ["jumps back by a year", -31_536_000_000],
    ["is no number for a moment", Number.NaN],
  ])("goes on as before when the clock %s", (_what, jump) => {
    const { consume, clock } = storeAt();
    consume("key", one);
    const before = clock.now;
    clock.now += jump;
    const atJump = consume("key", one);

    clock.now = (Number.isNaN(jump) ? before : clock.now) + 999;
    const early = consume("key", one);
    clock.now += 1;
    const late = consume("key", one);

    expect([atJump, early, late].map(({ allowed }) => allowed)).toEqual([false, false, true]);
  });

  it("gives nothing for a cost that is no number, and takes nothing", () => {
    const { consume } = storeAt();

    const odd = [Number.NaN, -5, 0, Infinity].map((cost) => consume("key", one, cost).allowed);

    expect(odd).toEqual([false, false, false, false]);
    expect(consume("key", one).allowed).toBe(true);
    expect(consume("key", one).allowed).toBe(false);
  });

  it("never lets through more than the burst and what flowed in since, in any order of calls and pauses", () => {
    const step = fc.record({ wait: fc.nat({ max: 5_000 }), cost: fc.integer({ min: 1, max: 4 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 1, max: 50 }), (steps, perSecond) => {
        const { consume, clock } = storeAt();
        const bucket = { capacity: 10, refillPerMs: perSecond / 1000 };
        let through = 0;
        let elapsed = 0;

        for (const { wait, cost } of steps) {
          clock.now += wait;
          elapsed += wait;
          const decision = consume("key", bucket, cost);
          if (decision.allowed) through += cost;

          expect(through).toBeLessThanOrEqual(10 + elapsed * bucket.refillPerMs + 1e-6);
          expect(decision.remaining).toBeGreaterThanOrEqual(0);
          expect(decision.allowed || decision.retryAfterMs > 0).toBe(true);
        }
      }),
    );
  });

  it("refuses a size that cannot be", () => {
    expect(() => memoryRateLimitStore({ maxBuckets: 0 })).toThrow("maxBuckets is 0");
    expect(() => memoryRateLimitStore({ maxBuckets: Infinity })).toThrow("maxBuckets is Infinity");
  });
});
