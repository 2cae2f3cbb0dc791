import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeHeaderValue } from "./header-value.ts";

function asSentinel(text: string): string {
  return `=?base64?${Buffer.from(text).toString("base64")}?=`;
}

test("Any text comes back out of its sentinel", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      expect(decodeHeaderValue(asSentinel(text))).toBe(text);
    }),
  );
});

test("Text without a sentinel is itself, and so is what only looks like one", () => {
  for (const text of ["", "plain", "=?base64?=", "=?base64?", "=?BASE64?YQ==?=", "=?base64?YQ=="]) {
    expect(decodeHeaderValue(text)).toBe(text);
  }
});

test("A byte order mark is a character like any other", () => {
  expect(decodeHeaderValue(asSentinel("\ufeffname"))).toBe("\ufeffname");
});

test.for([
  "=?base64?YQ?=",
  "=?base64?YQ=?=",
  "=?base64?!!!!?=",
  "=?base64?/w==?=",
  "=?base64? YQ==?=",
  "=?base64?YR_-?=",
])("A broken sentinel has no value: %s", (text) => {
  expect(decodeHeaderValue(text)).toBeUndefined();
});
