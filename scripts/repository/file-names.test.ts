import { expect, test } from "vitest";
import { fileNameProblems } from "./file-names.ts";
import { fixtureWorkspace } from "./fixture-workspace.ts";

test.each(["utils.ts", "helpers.test.ts", "common/retry.ts", "types.ts"])("A file called %s is refused", (name) => {
  using fixture = fixtureWorkspace({ core: [] }, { [`packages/core/src/${name}`]: "export {};" });

  expect(fileNameProblems(fixture.read())).toEqual([expect.stringContaining(`packages/core/src/${name}: "`)]);
});

test("A name that is not kebab-case is refused, one that is passes", () => {
  using fixture = fixtureWorkspace(
    { core: [] },
    { "packages/core/src/KitError.ts": "export {};", "packages/core/src/kit-error.test.ts": "export {};" },
  );

  expect(fileNameProblems(fixture.read())).toEqual(['packages/core/src/KitError.ts: "KitError" is not kebab-case.']);
});
