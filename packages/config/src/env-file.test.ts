import fc from "fast-check";
import { expect, test } from "vitest";
import { parseEnvFile } from "./env-file.ts";

test.each([
  ["PORT 3000\nHOST=127.0.0.1", [1]],
  ["# a comment\n\nexport A=1\n  B = 2  ", []],
  ['KEY="first\nsecond line\nthird"\nlost', [4]],
  ["KEY='a\nb' # why\nNEXT=1", []],
  ["\r\nlost\r\n", [2]],
])("%j has stray lines %j", (text, strayLines) => {
  expect(parseEnvFile(text).strayLines).toEqual(strayLines);
});

test("a file of plain assignments has no stray line, and every variable", () => {
  const name = fc.stringMatching(/^[A-Z][A-Z_]{0,9}$/);
  const value = fc.stringMatching(/^[a-z0-9./:-]{0,12}$/);
  fc.assert(
    fc.property(fc.dictionary(name, value), (variables) => {
      const text = Object.entries(variables)
        .map(([key, item]) => `${key}=${item}`)
        .join("\n");

      expect(parseEnvFile(text)).toEqual({ variables, strayLines: [] });
    }),
  );
});
