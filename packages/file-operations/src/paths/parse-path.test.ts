import { posix, win32 } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { failureOf } from "../fixtures/test-root.ts";
import { joinNames, parsePath, type PathRules } from "./parse-path.ts";

const rules: PathRules = { unicode: "refuse", depth: 64, platform: "linux" };

async function reasonFor(path: string, given: Partial<PathRules> = {}): Promise<string | undefined> {
  return (await failureOf(Promise.resolve().then(() => parsePath(path, { ...rules, ...given })))).reason;
}

describe("what a path may be", () => {
  test.each([
    ["a.txt", ["a.txt"]],
    ["./a//b/.", ["a", "b"]],
    [".", []],
    ["./", []],
    ["a/../b", ["b"]],
    ["a/b/../../c", ["c"]],
    ["..a/a..b/...", ["..a", "a..b", "..."]],
    ["__proto__/constructor", ["__proto__", "constructor"]],
    ["console/com/nullable.txt", ["console", "com", "nullable.txt"]],
    ["com10/lpt", ["com10", "lpt"]],
    ["notes~2024.txt", ["notes~2024.txt"]],
    ["a~b/~1x/file.txt~", ["a~b", "~1x", "file.txt~"]],
    ["%2e%2e/$HOME/~/-rf", ["%2e%2e", "$HOME", "~", "-rf"]],
    [" leading", [" leading"]],
    ["\u{1F600}.txt", ["\u{1F600}.txt"]],
    ["\u2764\uFE0F.txt", ["\u2764\uFE0F.txt"]],
    ["1\uFE0F\u20E3 first", ["1\uFE0F\u20E3 first"]],
    ["\u{1F9D1}\u{1F3FD}\u200D\u{1F680}", ["\u{1F9D1}\u{1F3FD}\u200D\u{1F680}"]],
    ["x\u0302", ["x\u0302"]],
    ["a".repeat(255), ["a".repeat(255)]],
  ])("%j", (path, names) => {
    expect(parsePath(path, rules).names).toEqual(names);
  });

  test.each([
    "",
    "/",
    "//",
    "/a",
    "..",
    "a/../..",
    "a/../../a",
    "../a",
    "./../a",
    "a\\b",
    "C:a",
    "a:stream",
    "nul",
    "NUL.tar.gz",
    "dir/Com\u00B9.txt",
    "LPT9",
    "con .txt",
    "conin$",
    "Clock$",
    "a.",
    "a ",
    "a./b",
    "a /b",
    ". ",
    ".. ",
    "..\u0000",
    "a\tb",
    "a\u0085b",
    "a\u00ADb",
    "a\u200Bb",
    "a\u200Eb",
    "a\u2028b",
    "a\u2060b",
    "a\u2066b",
    "a\u3164b",
    "a\uFE0Fb",
    "a\u200Db",
    "\u{1F600}\u200D",
    "\u{1F469}\u200D\u{1F4BB}\u200D",
    "1\u200D2",
    "a\uFEFFb",
    "a\u{E0041}b",
    "a\uFFFDb",
    "a\uFFFEb",
    "a\uDC00b",
    "a\uD83D",
    "e\u0301",
    "\u212B",
    "PROGRA~1",
    "git~1/config",
    "A~12.TXT",
    "a".repeat(256),
    "\u00e9".repeat(128),
    "a/".repeat(2048) + "b",
    "a/".repeat(64) + "b",
    "a/../".repeat(33) + "b",
    ".plinth-tmp-x",
    ".PLINTH-TMP-0",
    "a?b",
    "a|b",
    'a"b',
  ])("%j is refused", async (path) => {
    expect(await reasonFor(path)).toBe("path");
  });

  test.each([[undefined], [null], [7], [["..", "x"]], [{ toString: () => "../x" }]])("%j is refused", async (path) => {
    expect(await reasonFor(path as unknown as string)).toBe("path");
  });

  test("three dots are a name, but not on Windows, which would drop them", async () => {
    expect(parsePath("...", rules).names).toEqual(["..."]);
    expect(await reasonFor("...", { platform: "win32" })).toBe("path");
  });

  test("other forms of Unicode are brought into NFC on demand", () => {
    expect(parsePath("e\u0301/\u212B", { ...rules, unicode: "nfc" }).names).toEqual(["\u00e9", "\u00c5"]);
  });

  test("the directories that a path leaves again are remembered", () => {
    expect(parsePath("a/b/../c/../../d/", rules)).toEqual({
      text: "a/b/../c/../../d/",
      names: ["d"],
      detours: [["a", "b"], ["a", "c"], ["a"]],
      directory: true,
    });
  });

  test("a message shows nothing that a terminal would act on, and a picture as it is", async () => {
    const failure = await failureOf(Promise.resolve().then(() => parsePath("a\u001b[2J\u202Eb\u2764\uFE0F\\", rules)));

    expect(failure.message).toBe('"a\\u{1b}[2J\\u{202e}b\u2764\uFE0F\\u{5c}" has a backslash; separate names with "/"');
  });
});

describe("whatever the text is", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      "..",
      ".",
      "",
      "a",
      "b.txt",
      "...",
      "..a",
      "/",
      "//",
      "\\",
      "C:",
      "con",
      "~1",
      " ",
      "%2e",
      "\u0000",
    ),
    fc.string({ unit: "grapheme", maxLength: 6 }),
    fc.string({ unit: "binary", maxLength: 6 }),
  );
  const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join("/"));

  test("what is let through stays in the root, on both kinds of systems", () => {
    fc.assert(
      fc.property(
        fc.oneof(text, fc.string({ unit: "binary" })),
        fc.constantFrom<NodeJS.Platform>("linux", "win32"),
        (path, platform) => {
          let names: readonly string[];
          try {
            ({ names } = parsePath(path, { ...rules, platform }));
          } catch {
            return;
          }
          const joined = joinNames(names);
          expect(posix.resolve("/srv/root", joined)).toBe(posix.join("/srv/root", ...names));
          expect(posix.relative("/srv/root", posix.resolve("/srv/root", joined))).toBe(names.join("/"));
          expect(win32.relative("C:\\root", win32.resolve("C:\\root", joined))).toBe(names.join("\\"));
          expect(win32.relative("C:\\root", win32.resolve("C:\\root", path))).toBe(names.join("\\"));
          expect(names).not.toContain("..");
        },
      ),
      { numRuns: 5000 },
    );
  });

  test("what is let through means the same when it is taken apart again", () => {
    fc.assert(
      fc.property(text, (path) => {
        let names: readonly string[];
        try {
          ({ names } = parsePath(path, rules));
        } catch {
          return;
        }
        expect(parsePath(joinNames(names), rules)).toMatchObject({ names, detours: [] });
        expect(Buffer.from(joinNames(names)).toString()).toBe(joinNames(names));
      }),
      { numRuns: 2000 },
    );
  });
});
