import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { failure } from "../errors/url-fetch-error.ts";
import { retryAfterMs, retryDelay } from "./retry-delay.ts";

const policy = { attempts: 3, baseMs: 100, maxMs: 1000 };
const attempt = { method: "GET", isRepeatable: true, count: 1, outcome: { status: 503, retryAfter: undefined } };
const broken = failure("INVALID_RESPONSE", "broke", { reason: "broken" });

describe("retryDelay", () => {
  it("has full jitter below a bound that doubles up to its limit", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), (count) => {
        const delay = retryDelay({ ...attempt, count }, { ...policy, attempts: 10 });

        expect(delay).toBeGreaterThanOrEqual(0);
        expect(delay).toBeLessThanOrEqual(Math.min(1000, 100 * 2 ** (count - 1)));
      }),
    );
    const delays = Array.from({ length: 50 }, () => retryDelay(attempt, policy));
    expect(new Set(delays).size).toBeGreaterThan(10);
  });

  it.each([
    ["a method that is not idempotent", { ...attempt, method: "POST" }],
    ["a body that is gone", { ...attempt, isRepeatable: false }],
    ["one attempt too many", { ...attempt, count: 4 }],
    ["an answer", { ...attempt, outcome: { status: 500, retryAfter: undefined } }],
    [
      "a dead host, which must look like a refused one",
      { ...attempt, outcome: failure("UNREACHABLE", "x", { reason: "connect" }) },
    ],
    ["a refusal", { ...attempt, outcome: failure("UNREACHABLE", "x", { reason: "address" }) }],
    ["a host that asks for more patience than there is", { ...attempt, outcome: { status: 429, retryAfter: "2" } }],
  ])("does not repeat %s", (_, given) => {
    expect(retryDelay(given, policy)).toBeUndefined();
  });

  it("repeats after a broken connection, and when the server says when", () => {
    expect(retryDelay({ ...attempt, outcome: broken }, policy)).toEqual(expect.any(Number));
    expect(retryDelay({ ...attempt, outcome: { status: 429, retryAfter: "1" } }, policy)).toBe(1000);
    expect(retryDelay(attempt, undefined)).toBeUndefined();
  });

  it("reads Retry-After as seconds or as a date, and nothing else", () => {
    const now = Date.UTC(2026, 0, 1);

    expect(retryAfterMs("120", now)).toBe(120_000);
    expect(retryAfterMs("Thu, 01 Jan 2026 00:00:10 GMT", now)).toBe(10_000);
    expect(retryAfterMs("Thu, 01 Jan 1970 00:00:10 GMT", now)).toBe(0);
    for (const header of ["-1", "1e9", "soon", "", "99999999999", ["1"], undefined]) {
      expect(retryAfterMs(header, now)).toBeUndefined();
    }
  });
});
