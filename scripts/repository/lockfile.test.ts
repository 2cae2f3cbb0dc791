import { expect, test } from "vitest";
import { lockfileProblems } from "./lockfile.ts";

test("Integrity hashes, links inside the workspace and deprecation notices pass", () => {
  const lockfile = [
    "      '@plinth/core':",
    "        version: link:../../packages/core",
    "    resolution: {integrity: sha512-2BC/TxTqVFUI/root+home/tmp==}",
    "    deprecated: See https://example.com for what replaces it",
  ];

  expect(lockfileProblems(lockfile.join("\n"))).toEqual([]);
});

test.each([
  ["    resolution: {tarball: https://packages.example/zod.tgz}", "names a host"],
  ["    resolution: {integrity: sha512-a==, tarball: zod.tgz}", "names a tarball's place"],
  ["        version: file:/srv/zod", "names a path of one machine"],
  ["        version: file:../elsewhere/zod.tgz", "names a path of one machine"],
  ["        version: link:/srv/core", "names a path of one machine"],
  ["    path: /home/someone/zod", "names a path of one machine"],
  ["    path: C:\\zod", "names a path of one machine"],
])("The line %j is refused: it %s", (line, reason) => {
  expect(lockfileProblems(`lockfileVersion: '9.0'\n${line}`)).toEqual([`pnpm-lock.yaml:2 ${reason}: ${line.trim()}`]);
});
