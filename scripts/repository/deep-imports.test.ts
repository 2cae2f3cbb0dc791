import { expect, test } from "vitest";
import { deepImportProblems } from "./deep-imports.ts";
import { fixtureWorkspace } from "./fixture-workspace.ts";

test("Published entries, own files and a test's own barrel are fine", () => {
  using fixture = fixtureWorkspace(
    { core: [], middleware: ["core"] },
    {
      "packages/middleware/src/good.ts": 'import { one } from "@plinth/core"; export { two } from "./rooms/two.ts";',
      "packages/middleware/src/rooms/two.ts": 'import { three } from "../three.ts";',
      "packages/middleware/src/good.test.ts": 'import { one } from "./index.ts"; import "@plinth/middleware";',
    },
  );

  expect(deepImportProblems(fixture.read())).toEqual([]);
});

test.each([
  ["@plinth/core/dist/index.js", "only @plinth/core is published"],
  ["@plinth/core/src/index.ts", "only @plinth/core is published"],
  ["../../core/src/index.ts", "it leaves its package; import a package by its name"],
  ["../package.json", "it leaves its package; import a package by its name"],
  ["./index.ts", "import the file, not the barrel"],
  ["./two.js", "imports end in .ts"],
  ["@plinth/middleware", "a package does not import itself by name"],
])("An import of %s is refused: %s", (specifier, reason) => {
  using fixture = fixtureWorkspace(
    { core: [], middleware: ["core"] },
    { "packages/middleware/src/bad.ts": `import "${specifier}";` },
  );

  expect(deepImportProblems(fixture.read())).toEqual([
    `packages/middleware/src/bad.ts imports "${specifier}": ${reason}.`,
  ]);
});
