import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { deepImportProblems } from "./deep-imports.ts";
import { dependencyDecisionProblems } from "./dependency-decisions.ts";
import { explainedAnyProblems } from "./explained-any.ts";
import { fileNameProblems } from "./file-names.ts";
import { cycleProblems } from "./import-cycles.ts";
import { layerProblems } from "./layers.ts";
import { lockfileProblems } from "./lockfile.ts";
import { packageShapeProblems } from "./package-shape.ts";
import { roomProblems } from "./rooms.ts";
import { readWorkspace } from "./workspace.ts";

const root = join(import.meta.dirname, "../..");
const workspace = readWorkspace(root);
const read = (path: string): string => readFileSync(join(root, path), "utf8");

test("The repository holds packages and apps to check", () => {
  const folders = workspace.packages.map(({ folder }) => folder);

  expect(folders).toContain("packages/core");
  expect(folders).toContain("apps/example-server");
});

test("Every package uses only what stands above it in the layer table", () => {
  expect(layerProblems(workspace)).toEqual([]);
});

test("The rooms of core keep their order", () => {
  expect(roomProblems(workspace)).toEqual([]);
});

test("No import cycle exists between packages or between files", () => {
  expect(cycleProblems(workspace)).toEqual([]);
});

test("Packages reach each other only through published entry points", () => {
  expect(deepImportProblems(workspace)).toEqual([]);
});

test("Every package has the same entries, manifest and compiler settings", () => {
  expect(packageShapeProblems(workspace)).toEqual([]);
});

test("Every file is named after a concept, in kebab-case", () => {
  expect(fileNameProblems(workspace)).toEqual([]);
});

test.each(["pnpm-lock.yaml", "bench/peers/pnpm-lock.yaml"])("%s names no host and no path of one machine", (path) => {
  expect(lockfileProblems(read(path))).toEqual([]);
});

test("Every run-time dependency is explained in the decisions", () => {
  expect(dependencyDecisionProblems(workspace, read("docs/decisions/dependencies.md"))).toEqual([]);
});

test("Every file that uses `any` says why in a comment", () => {
  const sources = workspace.packages.flatMap(({ files }) => files.filter(({ isTest }) => !isTest));

  expect(sources.flatMap(({ path }) => explainedAnyProblems(path, read(path)))).toEqual([]);
});
