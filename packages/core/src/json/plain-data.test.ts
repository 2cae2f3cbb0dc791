import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toPlainData } from "./plain-data.ts";

describe("toPlainData", () => {
  it("copies whatever JSON carries", () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const copy = toPlainData(value, "It");

        expect(copy).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it("passes undefined, leaves undefined members out, and takes objects without a prototype", () => {
    const row = Object.assign(Object.create(null) as object, { id: 1 });

    expect(toPlainData(undefined, "It")).toBeUndefined();
    expect(Object.keys(toPlainData({ a: undefined, b: 1 }, "It"))).toEqual(["b"]);
    expect(toPlainData([row], "It")).toEqual([{ id: 1 }]);
  });

  const cycle: Record<string, unknown> = {};
  cycle["self"] = cycle;
  it.each([
    ["a date", { rows: [{ at: new Date(0) }] }, "an object that is not plain at rows[0].at"],
    ["a map", new Map(), "an object that is not plain"],
    ["bytes", { body: new Uint8Array(2) }, "an object that is not plain at body"],
    ["a function", { run: () => 1 }, "a function at run"],
    ["a symbol", Symbol("s"), "a symbol"],
    ["NaN", { share: Number.NaN }, "NaN at share"],
    ["undefined in a list", [1, undefined], "undefined at [1]"],
    ["a bigint", { id: 1n }, "a cycle, a bigint"],
    ["a cycle", cycle, "a cycle, a bigint"],
  ])("refuses %s and says where it is", (_name, value, found) => {
    expect(() => toPlainData(value, 'The result of once("x")')).toThrowError(
      expect.objectContaining({
        code: "MISUSE",
        message: expect.stringContaining(`The result of once("x") has ${found}`) as string,
      }),
    );
  });
});
