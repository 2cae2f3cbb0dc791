import fc from "fast-check";
import { expect, test } from "vitest";
import { failureOf } from "../fixtures/test-root.ts";
import { compileGlob, matchesName } from "./glob-pattern.ts";

function matches(pattern: string, path: string, options = {}): boolean {
  const glob = compileGlob(pattern, options);
  return glob.isMatch(path.split("/").reduce((state, name) => glob.step(state, name), glob.start));
}

test.each([
  ["*.txt", "a.txt", true],
  ["*.txt", "dir/a.txt", false],
  ["*.txt", ".txt", true],
  ["**/*.txt", "a.txt", true],
  ["**/*.txt", "a/b/c.txt", true],
  ["a/**", "a", true],
  ["a/**", "a/b/c", true],
  ["a/**", "b", false],
  ["a/**/b", "a/b", true],
  ["a/**/b", "a/x/y/b", true],
  ["a/**/b/**/c", "a/b/x/b/c", true],
  ["a/**/b", "a/x/b/y", false],
  ["**", "anything/at/all", true],
  ["?.txt", "a.txt", true],
  ["?.txt", ".txt", false],
  ["{a,b}/*.{js,ts}", "b/x.ts", true],
  ["{a,b}/*.{js,ts}", "c/x.ts", false],
  ["{a,b{c,d}}", "bd", true],
  ["a{b", "a{b", true],
  ["{a}", "{a}", true],
  ["{,x}a", "a", true],
  ["a[bc]", "a[bc]", true],
  ["a[bc]", "ab", false],
  ["./a//b", "a/b", true],
  ["A", "a", false],
])("%s and %s: %s", (pattern, path, expected) => {
  expect(matches(pattern, path)).toBe(expected);
});

test("letter case makes no difference on demand", () => {
  expect(matches(".GIT/**", ".git/config", { ignoreCase: true })).toBe(true);
});

test("a pattern tells early that nothing can match below", () => {
  const glob = compileGlob("src/*/index.ts");

  expect(glob.isAlive(glob.step(glob.start, "docs"))).toBe(false);
  expect(glob.isAlive(glob.step(glob.start, "src"))).toBe(true);
});

const long = `{a,b}{a,b}${"c".repeat(600)}`;
test.each(["", "/", "/a", "../a", "a/../b", "a".repeat(1025), "{a,b}".repeat(7), long, ".", 7])(
  "%j is refused",
  async (pattern) => {
    const failure = await failureOf(Promise.resolve().then(() => compileGlob(pattern as string)));

    expect(failure).toMatchObject({ code: "refused", reason: "pattern" });
  },
);

test("a hostile pattern takes no time", () => {
  const started = performance.now();

  matchesName("*a".repeat(120), "a".repeat(119) + "b".repeat(136));
  matches("**/".repeat(300) + "x", "a/".repeat(60) + "y");
  matches("*?".repeat(120) + "z", "a".repeat(255));

  // Such patterns take a regular expression longer than the sun has.
  expect(performance.now() - started).toBeLessThan(1000);
});

test("a star agrees with a regular expression on short names", () => {
  const letters = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 8 });
  const pattern = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 6 });

  fc.assert(
    fc.property(pattern, letters, (segment, name) => {
      const expression = new RegExp(`^${segment.replaceAll("*", ".*").replaceAll("?", ".")}$`);
      expect(matchesName(segment, name)).toBe(expression.test(name));
    }),
    { numRuns: 3000 },
  );
});
