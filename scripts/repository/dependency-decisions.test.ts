import { expect, test } from "vitest";
import { dependencyDecisionProblems } from "./dependency-decisions.ts";
import { fixtureWorkspace, soundManifest } from "./fixture-workspace.ts";

const manifest = { ...soundManifest("config"), dependencies: { zod: "catalog:", "@plinth/core": "workspace:*" } };

test("A dependency with a row passes, and our own packages need none", () => {
  using fixture = fixtureWorkspace({ core: [], config: [] }, { "packages/config/package.json": manifest });

  expect(dependencyDecisionProblems(fixture.read(), "| `zod` | core | schemas |")).toEqual([]);
});

test("A dependency without a row and a row without a dependency are both reported", () => {
  using fixture = fixtureWorkspace({ core: [], config: [] }, { "packages/config/package.json": manifest });

  expect(dependencyDecisionProblems(fixture.read(), "| `valibot` | core | schemas |")).toEqual([
    "@plinth/config depends on zod, which docs/decisions/dependencies.md does not explain.",
    "docs/decisions/dependencies.md explains valibot, which nothing depends on.",
  ]);
});
