import { expect, test } from "vitest";
import { fixtureWorkspace } from "./fixture-workspace.ts";
import { cycleProblems } from "./import-cycles.ts";

test("A diamond of imports is no cycle, nor is one that only types close", () => {
  using fixture = fixtureWorkspace(
    { core: [] },
    {
      "packages/core/src/top.ts": 'import "./left.ts"; import "./right.ts";',
      "packages/core/src/left.ts": 'import "./bottom.ts";',
      "packages/core/src/right.ts": 'import "./bottom.ts";',
      "packages/core/src/bottom.ts": 'import type { Top } from "./top.ts"; export type Bottom = Top;',
    },
  );

  expect(cycleProblems(fixture.read())).toEqual([]);
});

test("A cycle of files is reported with its whole path", () => {
  using fixture = fixtureWorkspace(
    { core: [] },
    {
      "packages/core/src/a.ts": 'import "./rooms/b.ts";',
      "packages/core/src/rooms/b.ts": 'export * from "./c.ts";',
      "packages/core/src/rooms/c.ts": 'export const load = (): unknown => import("../a.ts");',
    },
  );

  expect(cycleProblems(fixture.read())).toEqual([
    "Import cycle: packages/core/src/a.ts -> packages/core/src/rooms/b.ts -> packages/core/src/rooms/c.ts -> packages/core/src/a.ts",
  ]);
});

test("A cycle of packages is reported, even when one half is a type and the other a dependency", () => {
  using fixture = fixtureWorkspace(
    { core: [], tasks: ["core"] },
    { "packages/core/src/bad.ts": 'import type { one } from "@plinth/tasks"; export type One = typeof one;' },
  );

  expect(cycleProblems(fixture.read())).toEqual(["Import cycle: @plinth/core -> @plinth/tasks -> @plinth/core"]);
});
