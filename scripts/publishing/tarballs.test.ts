import { execFile } from "node:child_process";
import { appendFile, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exportsAtRunTime, installConsumer, installedVersion, typeErrors } from "./consumer-project.ts";
import { packAll, type Tarball } from "./tarballs.ts";

const root = join(import.meta.dirname, "../..");
const execute = promisify(execFile);
let folder: string;
let project: string;
let tarballs: Tarball[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "plinth-pack-"));
  project = join(folder, "project");
  await mkdir(project);
  await execute(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-b", root]);
  tarballs = await packAll(root, folder);
  await installConsumer(project, tarballs, await installedVersion(root, "@types/node"));
}, 180_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

test("Every library is packed with its licence, README, code, types and sources, and without tests", () => {
  expect(tarballs.map(({ name }) => name)).toContain("@plinth/core");
  for (const { name, files } of tarballs) {
    const paths = [...files.keys()];

    expect(paths, name).toEqual(
      expect.arrayContaining([
        "LICENSE",
        "README.md",
        "package.json",
        "dist/index.js",
        "dist/index.d.ts",
        "src/index.ts",
      ]),
    );
    expect(
      paths.filter((path) => /\.test\.|tsbuildinfo/.test(path)),
      name,
    ).toEqual([]);
    expect(files.get("LICENSE"), name).toBeGreaterThan(10_000);
  }
});

test("The packed manifest names published versions and never the workspace or the sources", async () => {
  for (const { name } of tarballs) {
    const manifest = await readFile(join(project, "node_modules", name, "package.json"), "utf8");

    expect(manifest, name).not.toMatch(/workspace:|catalog:|@plinth\/source/);
  }
});

test("Every entry point can be imported at run time in a project of its own", async () => {
  const entryPoints = tarballs.flatMap((tarball) => tarball.entryPoints);

  const exported = await Promise.all(entryPoints.map((entryPoint) => exportsAtRunTime(project, entryPoint)));

  expect(exported).toHaveLength(entryPoints.length);
  expect(exported[entryPoints.indexOf("@plinth/core")]).toContain("createServer");
}, 60_000);

test("A project of its own type-checks against the packed declarations, and a wrong use does not", async () => {
  const sound = await typeErrors(project, root);
  await appendFile(join(project, "consumer.ts"), "entry0.thisExportDoesNotExist();\n");
  const unsound = await typeErrors(project, root);

  expect(sound).toBe("");
  expect(unsound).toContain("thisExportDoesNotExist");
}, 60_000);
