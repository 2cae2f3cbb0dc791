import fc from "fast-check";
import { expect, it } from "vitest";
import { canonicalJson } from "./canonical-json.ts";

it("gives one text for objects whose members were written in another order", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(canonicalJson(reversed(value))).toBe(canonicalJson(value));
    }),
  );
});

it("tells apart whatever JSON tells apart", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
      const same = canonicalJson(one) === canonicalJson(other);

      expect(same).toBe(isSameJson(one, other));
    }),
  );
});

it("keeps a member called __proto__", () => {
  const hostile: unknown = JSON.parse('{"b":1,"__proto__":{"a":2}}');

  expect(canonicalJson(hostile)).toBe('{"__proto__":{"a":2},"b":1}');
});

it("tells a number from its text and an absent value from none", () => {
  const texts = [1, "1", true, "true", null, "null", [], {}, [null], ""].map((value) => canonicalJson(value));

  expect(new Set(texts).size).toBe(texts.length);
  expect(canonicalJson(undefined)).toBe("null");
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, member]) => [name, reversed(member)]),
  );
}

/** Compares by structure and not by text, so that the function under test is not its own referee. */
function isSameJson(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) || Array.isArray(other)) {
    if (!Array.isArray(one) || !Array.isArray(other) || one.length !== other.length) return false;
    return one.every((item, index) => isSameJson(item, other[index]));
  }
  if (typeof one !== "object" || one === null || typeof other !== "object" || other === null) return one === other;
  const names = Object.keys(one);
  if (names.length !== Object.keys(other).length) return false;
  return names.every(
    (name) =>
      Object.hasOwn(other, name) &&
      isSameJson((one as Record<string, unknown>)[name], (other as Record<string, unknown>)[name]),
  );
}
