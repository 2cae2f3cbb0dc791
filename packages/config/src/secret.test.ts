import { inspect } from "node:util";
import * as fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { integer, list } from "./coerce.ts";
import { Secret, secret } from "./secret.ts";

describe("Secret", () => {
  it("gives its value to reveal() and to nothing else", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 6 }), (tail) => {
        const value = `hunter2${tail}`;

        const hidden = new Secret(value);
        const renderings = [
          String(hidden),
          `value: ${hidden as unknown as string}`,
          "" + hidden,
          JSON.stringify({ hidden, list: [hidden] }),
          inspect(hidden),
          inspect({ deep: { hidden } }, { showHidden: true, customInspect: false, getters: true, depth: 9 }),
          inspect(new Error("failed", { cause: hidden })),
          JSON.stringify(Object.entries(hidden)),
          JSON.stringify(structuredClone(hidden)),
        ];

        expect(hidden.reveal()).toBe(value);
        for (const rendering of renderings) expect(rendering).not.toContain("hunter2");
      }),
    );
  });

  it("says what it is where a value would be printed", () => {
    const hidden = new Secret("hunter2");

    const renderings = [String(hidden), JSON.stringify(hidden), inspect([hidden])];

    expect(renderings).toEqual(["[secret]", '"[secret]"', "[ [secret] ]"]);
  });

  it("cannot be given another way to print", () => {
    const hidden = new Secret("hunter2");

    const tamper = () => Object.assign(hidden, { toString: () => "mine" });

    expect(tamper).toThrow(TypeError);
  });
});

describe("secret", () => {
  it("wraps what the schema yields, with its exact type", () => {
    const text = secret().parse("hunter2");
    const numbers = secret(list(integer())).parse("1, 2");

    expectTypeOf(text).toEqualTypeOf<Secret>();
    expectTypeOf(numbers).toEqualTypeOf<Secret<number[]>>();
    expect(text.reveal()).toBe("hunter2");
    expect(numbers.reveal()).toEqual([1, 2]);
  });

  it("refuses a schema that would make an empty secret out of nothing", () => {
    expect(() => secret(z.string().optional())).toThrow("write secret(schema).optional() instead");
  });
});
