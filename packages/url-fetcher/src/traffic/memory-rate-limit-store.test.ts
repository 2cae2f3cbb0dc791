import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { UrlPolicyError } from "../errors/url-policy-error.ts";
import { memoryRateLimitStore } from "./memory-rate-limit-store.ts";

const bucket = { capacity: 3, refillPerMs: 0.01 };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("memoryRateLimitStore", () => {
  it("gives out a full bucket, then what flows in", () => {
    const store = memoryRateLimitStore();
    const consume = () => store.consume("key", bucket);

    expect([consume(), consume(), consume()]).toEqual(
      Array.from({ length: 3 }, () => ({ allowed: true, retryAfterMs: 0 })),
    );
    expect(consume()).toEqual({ allowed: false, retryAfterMs: 100 });
    vi.advanceTimersByTime(60);
    expect(consume()).toEqual({ allowed: false, retryAfterMs: 40 });
    vi.advanceTimersByTime(40);
    expect(consume()).toEqual({ allowed: true, retryAfterMs: 0 });
  });

  it("never holds more than its capacity", () => {
    const store = memoryRateLimitStore();
    void store.consume("key", bucket);

    vi.advanceTimersByTime(1_000_000);
    const decisions = Array.from({ length: 4 }, () => store.consume("key", bucket));

    expect(decisions).toMatchObject([{ allowed: true }, { allowed: true }, { allowed: true }, { allowed: false }]);
  });

  it("forgets the bucket that was used least recently, and keeps the others", () => {
    const store = memoryRateLimitStore({ maxBuckets: 2 });
    const one = { capacity: 1, refillPerMs: 0.0001 };
    for (const key of ["a", "b", "a", "c"]) void store.consume(key, one);

    expect(store.consume("a", one)).toMatchObject({ allowed: false });
    expect(store.consume("b", one)).toMatchObject({ allowed: true });
  });

  it("refuses a size that cannot be", () => {
    expect(() => memoryRateLimitStore({ maxBuckets: 0 })).toThrow(UrlPolicyError);
  });
});
