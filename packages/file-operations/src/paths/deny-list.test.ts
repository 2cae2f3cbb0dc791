import { expect, test } from "vitest";
import { DenyList } from "./deny-list.ts";

const list = new DenyList([".git/**", "**/.env*", "keys"]);

test.each([
  [".git", true],
  [".GIT/config", true],
  [".git/hooks/x", true],
  ["sub/.git", false],
  [".env", true],
  ["a/b/.ENV.local", true],
  ["a/.env/inside", true],
  ["keys", true],
  ["KEY\u017F/id", true],
  ["\u212Aeys", true],
  ["keysmith", false],
  [".g\u0131t/config", false],
  [".gitignore", false],
])("%s: %s", (path, expected) => {
  expect(list.denies(path.split("/"))).toBe(expected);
});

test("a picture is the same with its joiners and without", () => {
  expect(new DenyList(["\u{1F469}\u{1F4BB}"]).denies(["\u{1F469}\u200D\u{1F4BB}", "x"])).toBe(true);
});

test("a directory may move where the same things below it are denied, and nowhere else", () => {
  const anchored = new DenyList(["repo/.git/**"]);

  expect(anchored.opensByMoving(["repo"], ["x"])).toBe(true);
  expect(anchored.opensByMoving(["repo", "src"], ["x"])).toBe(false);
  expect(new DenyList(["**/.git"]).opensByMoving(["repo"], ["x"])).toBe(false);
});
