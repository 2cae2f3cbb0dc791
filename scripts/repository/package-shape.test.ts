import { expect, test } from "vitest";
import { fixtureWorkspace, soundManifest } from "./fixture-workspace.ts";
import { packageShapeProblems } from "./package-shape.ts";

test("Packages of the common shape pass, also with a second entry and generated folders", () => {
  const compiled = { types: "./dist/vitest.d.ts", default: "./dist/vitest.js" };
  const sound = soundManifest("testing", ["core"]) as { exports: object; publishConfig: { exports: object } };
  const manifest = {
    ...sound,
    exports: { ...sound.exports, "./vitest": { "@plinth/source": "./src/vitest.ts", ...compiled } },
    publishConfig: { access: "public", exports: { ...sound.publishConfig.exports, "./vitest": compiled } },
  };
  using fixture = fixtureWorkspace(
    { core: [], testing: ["core"] },
    { "packages/testing/package.json": manifest, "packages/core/dist/index.js": "" },
  );

  expect(packageShapeProblems(fixture.read())).toEqual([]);
});

test.each([
  ["an entry of its own", { "packages/core/notes.txt": "" }, "packages/core: holds README.md, notes.txt, package.json"],
  [
    "another version",
    { "packages/core/package.json": { ...soundManifest("core"), version: "0.2.0" } },
    "versions differ",
  ],
  [
    "another licence",
    { "packages/core/package.json": { ...soundManifest("core"), license: "MIT" } },
    '"license" is not',
  ],
  [
    "a missing field",
    { "packages/core/package.json": { ...soundManifest("core"), description: undefined } },
    'lacks "description"',
  ],
  ["scripts", { "packages/core/package.json": { ...soundManifest("core"), scripts: {} } }, 'has "scripts"'],
  ["another name", { "packages/core/package.json": soundManifest("kernel") }, "is called @plinth/kernel"],
  [
    "odd exports",
    { "packages/core/package.json": { ...soundManifest("core"), exports: { ".": { default: "./x.js" } } } },
    '"exports" must',
  ],
  [
    "unpublished sources",
    { "packages/core/package.json": { ...soundManifest("core"), publishConfig: {} } },
    '"publishConfig" must',
  ],
  [
    "a loose version",
    { "packages/core/package.json": { ...soundManifest("core"), dependencies: { zod: "^4" } } },
    'zod is "^4"',
  ],
  [
    "other compiler settings",
    { "packages/core/tsconfig.json": { compilerOptions: { strict: false } } },
    "tsconfig.json differs",
  ],
  [
    "a stray reference",
    { "packages/core/tsconfig.json": { references: [{ path: "../config" }] } },
    "refers to [../config]",
  ],
  ["a project the root does not build", { "tsconfig.json": { references: [] } }, "at the root refers to []"],
  ["a public app", { "apps/demo/package.json": { name: "demo" } }, "apps/demo: is an app and must be private"],
])("A package with %s is reported", (_, files: Record<string, string | object>, expected) => {
  using fixture = fixtureWorkspace({ config: [], core: [] }, files);

  expect(packageShapeProblems(fixture.read())).toContainEqual(expect.stringContaining(expected));
});
