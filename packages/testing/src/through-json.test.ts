import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { throughJson, UnfaithfulMessageError } from "./through-json.ts";

describe("throughJson", () => {
  it("copies whatever JSON can carry", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const copy = throughJson({ value });

        expect(JSON.stringify(copy)).toBe(JSON.stringify({ value }));
      }),
    );
  });

  it.each([
    ["a date", { result: { when: new Date(0) } }, "result.when"],
    ["a big integer", { list: [1n] }, "bigint"],
    ["NaN", { score: Number.NaN }, "score"],
    ["a function", { run: () => 1 }, "run"],
    ["a hole in a list", { list: [undefined] }, "list[0]"],
    ["a map", { table: new Map() }, "table"],
  ])("refuses %s and names its place", (_what, message, path) => {
    expect(() => throughJson(message)).toThrow(UnfaithfulMessageError);
    expect(() => throughJson(message)).toThrow(path);
  });

  it.each([
    ["a circle", circle()],
    ["a member that throws", Object.defineProperty({}, "a", { enumerable: true, get: () => expect.fail("read") })],
  ])("refuses %s", (_what, message) => {
    expect(() => throughJson(message)).toThrow(UnfaithfulMessageError);
  });

  it("drops undefined members, as JSON does", () => {
    expect(throughJson({ a: 1, b: undefined })).toStrictEqual({ a: 1 });
  });
});

function circle(): object {
  const message: Record<string, unknown> = {};
  message["self"] = message;
  return message;
}
