import fc from "fast-check";
import { expect, test } from "vitest";
import { failureOf } from "../fixtures/test-root.ts";
import { LineFinder } from "./line-finder.ts";
import { compileQuery } from "./text-query.ts";

test.each([
  ["needle", {}, "a needle", 2, 8],
  ["Needle", {}, "a needle", undefined, undefined],
  ["Needle", { ignoreCase: true }, "a nEEdle", 2, 8],
  ["a*c", { wildcards: true }, "xa--c-c", 1, 5],
  ["a?c", { wildcards: true }, "ac abc", 3, 6],
  ["a*c", {}, "abc a*c", 4, 7],
  ["*", { wildcards: true }, "abc", 0, 3],
  ["in", { wholeWord: true }, "inside is in", 10, 12],
  ["in", { wholeWord: true }, "in\u00e4 pin _in", undefined, undefined],
  ["(a+)+$", {}, "x(a+)+$", 1, 7],
])("%s with %j in %s", (query, options, line, start, end) => {
  expect(compileQuery(query, options)(line)).toEqual(start === undefined ? undefined : { start, end });
});

test.each([[""], ["a\nb"], ["a".repeat(257)], [7]])("%j is refused", async (query) => {
  const failure = await failureOf(Promise.resolve().then(() => compileQuery(query as string)));

  expect(failure).toMatchObject({ code: "refused", reason: "pattern" });
});

test("wildcards and whole words do not go together", async () => {
  const failure = await failureOf(
    Promise.resolve().then(() => compileQuery("a*", { wildcards: true, wholeWord: true })),
  );

  expect(failure).toMatchObject({ code: "refused", reason: "pattern" });
});

test("letters whose small form is longer do not move what is found", () => {
  expect(compileQuery("x", { ignoreCase: true })("\u0130\u0130X")).toEqual({ start: 2, end: 3 });
});

function find(query: string, chunks: readonly string[]): unknown[] {
  const finder = new LineFinder(compileQuery(query));
  const lines = chunks.flatMap((chunk, index) => [...finder.push(chunk, { isLast: index === chunks.length - 1 })]);
  return lines.filter((match) => match !== undefined);
}

test("lines are counted, and only the first match of each is given", () => {
  expect(find("b", ["a\nb b\r\nxb"])).toEqual([
    { line: 2, column: 1, text: "b b" },
    { line: 3, column: 2, text: "xb" },
  ]);
});

test("how the text is cut into chunks makes no difference", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "\n"), maxLength: 60 });
  fc.assert(
    fc.property(text, fc.array(fc.nat(60)), (whole, cuts) => {
      const at = [0, ...cuts.filter((cut) => cut <= whole.length).toSorted((one, other) => one - other), whole.length];
      const chunks = at.slice(1).map((end, index) => whole.slice(at[index], end));
      expect(find("ab", chunks)).toEqual(find("ab", [whole]));
    }),
  );
});

test("a match in the middle of an endless line is found with its column, and shown with what is around it", () => {
  const line = `${"x".repeat(100_000)}needle${"y".repeat(100_000)}`;
  const chunks = line.match(/.{1,65536}/g) ?? [];

  expect(find("needle", chunks)).toEqual([
    { line: 1, column: 100_001, text: expect.stringMatching(/^x{80}needley{234}$/) as string },
  ]);
});
