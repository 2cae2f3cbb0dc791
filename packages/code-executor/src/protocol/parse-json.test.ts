import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JsonRefused, parseJson } from "./parse-json.ts";

/** What careless code does with a value from outside. */
function mergeInto(target: Record<string, unknown>, source: unknown): Record<string, unknown> {
  for (const [key, value] of Object.entries(source as object)) {
    const known = target[key];
    if (typeof value === "object" && value !== null && (typeof known === "object" || typeof known === "function")) {
      mergeInto(known as Record<string, unknown>, value);
    } else target[key] = value;
  }
  return target;
}

describe("JSON from a sandbox", () => {
  it("comes out as JSON.parse reads it when it is harmless", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!/proto/.test(text));

        expect(parseJson(text, 500)).toEqual(JSON.parse(text));
      }),
    );
  });

  it.each([
    '{"__proto__":{"polluted":1}}',
    '{"a":[{"__proto__":{"polluted":1}}]}',
    String.raw`{"\u005f_proto__":{"polluted":1}}`,
    String.raw`{"__pr\u006fto__":{"polluted":1}}`,
    '{"constructor":{"prototype":{"polluted":1}}}',
    String.raw`{"c\u006fnstructor":{"\u0070rototype":{"polluted":1}}}`,
  ])("cannot reach a prototype when it is merged carelessly: %s", (text) => {
    mergeInto({}, parseJson(text, 10));

    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it("keeps names that only look dangerous", () => {
    const text = '{"constructor":"Ltd","prototype":1,"toString":2,"hasOwnProperty":3}';

    expect(parseJson(text, 2)).toEqual({ constructor: "Ltd", prototype: 1, toString: 2, hasOwnProperty: 3 });
  });

  it("is refused by its nesting before anything is built", () => {
    expect(() => parseJson("[".repeat(5_000_000), 100)).toThrow("nested more than 100 levels");
    expect(parseJson('["[[[[", "\\"[[[[", "\\\\"]', 1)).toEqual(["[[[[", '"[[[[', "\\"]);
  });

  it("never throws anything but its own refusal", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom("[", "]", "{", "}", '"', "\\", ":", "1") })),
        (text) => {
          const outcome = ((): unknown => {
            try {
              return JSON.stringify(parseJson(text, 5));
            } catch (error) {
              return error;
            }
          })();

          expect(outcome instanceof JsonRefused || typeof outcome === "string").toBe(true);
        },
      ),
    );
  });
});
