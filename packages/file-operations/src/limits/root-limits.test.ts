import { expect, test } from "vitest";
import { resolveLimits, resolveQuota } from "./root-limits.ts";

test.each([0, -1, 1.5, Number.NaN, "7"])("a limit of %j is refused with the value", (value) => {
  expect(() => resolveLimits({ readBytes: value as number })).toThrow(
    `limits.readBytes is ${JSON.stringify(value)?.replace("null", "NaN")}; it must be a positive whole number or Infinity`,
  );
});

test("a limit that does not exist is refused with those that do", () => {
  expect(() => resolveQuota({ file: 3 } as object)).toThrow("quota.file does not exist; use files, bytes");
});

test("a prototype's names are not limits", () => {
  expect(() => resolveLimits(JSON.parse('{"__proto__": 1}') as object)).toThrow("limits.__proto__ does not exist");
});

test("what is not given has its default, and Infinity lifts it", () => {
  expect(resolveLimits({ readBytes: Infinity })).toMatchObject({ readBytes: Infinity, depth: 64, concurrency: 16 });
  expect(() => resolveLimits({ depth: Infinity })).toThrow("limits.depth is Infinity; it must be at most 2048");
});
