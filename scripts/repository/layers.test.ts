import { expect, test } from "vitest";
import { fixtureWorkspace, soundManifest } from "./fixture-workspace.ts";
import { layerProblems } from "./layers.ts";

test("Packages that keep the order pass, with the testing package in tests", () => {
  using fixture = fixtureWorkspace(
    { core: [], middleware: ["core"], testing: ["core"] },
    {
      "packages/middleware/src/timeout.ts": 'import { one } from "@plinth/core"; import { join } from "node:path";',
      "packages/core/src/one.test.ts": 'import { one } from "@plinth/testing";',
    },
  );

  expect(layerProblems(fixture.read())).toEqual([]);
});

test("An import of a package below is reported with the file", () => {
  using fixture = fixtureWorkspace(
    { core: [], middleware: [] },
    { "packages/core/src/bad.ts": 'import { one } from "@plinth/middleware";' },
  );

  expect(layerProblems(fixture.read())).toEqual([
    "packages/core/src/bad.ts imports @plinth/middleware, which @plinth/core may not use.",
  ]);
});

test("A library that the table does not name is reported, also behind a dynamic import", () => {
  using fixture = fixtureWorkspace(
    { core: [] },
    { "packages/core/src/bad.ts": 'export const load = (): unknown => import("express/lib/router");' },
  );

  expect(layerProblems(fixture.read())).toEqual([
    "packages/core/src/bad.ts imports express, which @plinth/core may not use.",
  ]);
});

test("Redis may take the middleware's types and nothing more", () => {
  using fixture = fixtureWorkspace(
    { core: [], middleware: [], redis: ["core"] },
    {
      "packages/redis/src/good.ts": 'import type { one } from "@plinth/middleware"; export type One = typeof one;',
      "packages/redis/src/bad.ts": 'import { one } from "@plinth/middleware"; export const two = one;',
    },
  );

  expect(layerProblems(fixture.read())).toEqual([
    "packages/redis/src/bad.ts imports @plinth/middleware, which @plinth/redis may not use.",
  ]);
});

test("A forbidden dependency in the manifest is reported even when nothing imports it", () => {
  const manifest = { ...soundManifest("config"), dependencies: { "@plinth/core": "workspace:*", zod: "catalog:" } };
  using fixture = fixtureWorkspace({ core: [], config: [] }, { "packages/config/package.json": manifest });

  expect(layerProblems(fixture.read())).toEqual(["@plinth/config depends on @plinth/core, which it may not use."]);
});

test("A forbidden test dependency is reported", () => {
  const manifest = { ...soundManifest("core"), devDependencies: { "@plinth/platform": "workspace:*" } };
  using fixture = fixtureWorkspace({ core: [], platform: [] }, { "packages/core/package.json": manifest });

  expect(layerProblems(fixture.read())).toEqual([
    "@plinth/core has @plinth/platform for its tests, which it may not use.",
  ]);
});

test("The platform may use all above it and nothing below", () => {
  using fixture = fixtureWorkspace({ core: [], platform: ["core", "testing"], testing: [] });

  expect(layerProblems(fixture.read())).toEqual(["@plinth/platform depends on @plinth/testing, which it may not use."]);
});

test("A package without a place in the table is reported", () => {
  using fixture = fixtureWorkspace({ surprise: [] });

  expect(layerProblems(fixture.read())[0]).toContain("@plinth/surprise has no place in the layer table");
});
