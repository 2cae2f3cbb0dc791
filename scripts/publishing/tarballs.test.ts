import { execFile } from "node:child_process";
import { appendFile, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  exportsAtRunTime,
  installConsumer,
  installedVersion,
  modulesOfStdioServer,
  typeErrors,
} from "./consumer-project.ts";
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
  await execute(process.execPath, [join(root, "scripts/build.ts")]);
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

test("JavaScript is packed once: as a bundle without folders, each of its maps leading to packed sources", async () => {
  for (const { name, files } of tarballs) {
    const scripts = [...files.keys()].filter((path) => /^dist\/.*\.js$/.test(path));
    const maps = [...files.keys()].filter((path) => path.endsWith(".js.map"));

    expect(
      scripts.filter((path) => path.split("/").length > 2),
      name,
    ).toEqual([]);
    expect(maps, name).not.toEqual([]);
    for (const path of maps) {
      const map = JSON.parse(await readFile(join(project, "node_modules", name, path), "utf8")) as {
        sources: string[];
      };
      const unpacked = map.sources.filter((source) => !files.has(posix.join(posix.dirname(path), source)));
      expect(unpacked, `${name} ${path}`).toEqual([]);
    }
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

test("A stdio server lists its tools without HTTP, the SDK, or more than a handful of files", async () => {
  const loaded = await modulesOfStdioServer(project);

  const ours = loaded.filter((url) => url.includes("/@plinth/core/"));
  expect(loaded.filter((url) => url.startsWith("file:") && !ours.includes(url))).toEqual([]);
  expect(loaded.filter((url) => /http|tls|zlib|cluster|sdk/.test(url))).toEqual([]);
  expect(ours.length).toBeLessThan(12);
}, 60_000);

test("A project of its own type-checks against the packed declarations, and a wrong use does not", async () => {
  const sound = await typeErrors(project, root);
  await appendFile(join(project, "consumer.ts"), "entry0.thisExportDoesNotExist();\n");
  const unsound = await typeErrors(project, root);

  expect(sound).toBe("");
  expect(unsound).toContain("thisExportDoesNotExist");
}, 60_000);
