import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bundlePackage } from "./bundle-package.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "plinth-bundle-"));
  write({
    "package.json": JSON.stringify({
      type: "module",
      exports: { ".": { "@plinth/source": "./src/index.ts", default: "./dist/index.js" } },
    }),
    "src/index.ts": `
      import { greeter } from "./greeter.ts";
      export const english = greeter("Hello");
      export async function loadGerman(): Promise<() => never> {
        return (await import("./german.ts")).german;
      }
    `,
    "src/greeter.ts": `
      import { sep } from "node:path";
      export function greeter(word: string): () => never {
        return function greet(): never {
          throw new Error(word + sep);
        };
      }
    `,
    "src/german.ts": `
      import { greeter } from "./greeter.ts";
      export const german = greeter("Hallo");
    `,
  });
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

/** What a module of the project prints when it runs in a process of its own. */
function run(script: string, flags: readonly string[] = []): string {
  write({ "run.mjs": script });
  return execFileSync(process.execPath, [...flags, join(folder, "run.mjs")], {
    encoding: "utf8",
    stdio: "pipe",
  }).trim();
}

test("What an entry point needs is in one file, and a dynamic import is another, loaded when it is asked for", async () => {
  const { written } = await bundlePackage(folder);
  rmSync(join(folder, "dist/german.js"));

  const exported = run('console.log(Object.keys(await import("./dist/index.js")).join());');
  const loading = run(
    'const { loadGerman } = await import("./dist/index.js"); await loadGerman().catch(({ code }) => console.log(code));',
  );

  expect(written.filter((file) => file.endsWith(".js")).toSorted()).toEqual(["german.js", "index.js", "initial.js"]);
  expect(exported).toBe("english,loadGerman");
  expect(loading).toBe("ERR_MODULE_NOT_FOUND");
});

test("Each of several entry points loads its own files alone", async () => {
  const exports = { ".": { default: "./dist/index.js" }, "./extra": { default: "./dist/extra.js" } };
  write({
    "package.json": JSON.stringify({ type: "module", exports, bin: { tool: "./dist/bin/tool.js" } }),
    "src/extra.ts": 'import "not-installed"; export { greeter } from "./greeter.ts";',
    "src/bin/tool.ts": 'import { greeter } from "../greeter.ts"; console.log(greeter.name);',
  });

  await bundlePackage(folder);

  expect(run('console.log(Object.keys(await import("./dist/index.js")).join());')).toBe("english,loadGerman");
  expect(run('import "./dist/bin/tool.js";')).toBe("greeter");
  expect(() => run('import "./dist/extra.js";')).toThrow("not-installed");
});

test("Two functions of one name in two files both keep it, and stack traces lead to the sources", async () => {
  write({ "src/german.ts": 'function greeter(): never { throw new Error("nein"); } export const german = greeter;' });
  write({
    "src/index.ts":
      'import { german } from "./german.ts"; import { greeter } from "./greeter.ts"; export { german, greeter };',
  });
  await bundlePackage(folder);

  const names = run(
    'const { german, greeter } = await import("./dist/index.js"); console.log(german.name, greeter.name);',
  );
  const stack = run(
    'const { german } = await import("./dist/index.js"); try { german(); } catch ({ stack }) { console.log(stack); }',
    ["--enable-source-maps"],
  );

  expect(names).toBe("greeter greeter");
  expect(stack).toContain(join(folder, "src/german.ts:1:"));
});

test("JavaScript that is no part of the bundle goes away; declarations, and what is right already, stay as they are", async () => {
  await bundlePackage(folder);
  const before = statSync(join(folder, "dist/initial.js")).mtimeMs;
  write({ "dist/rooms/greeter.js": "", "dist/rooms/greeter.js.map": "", "dist/rooms/greeter.d.ts": "" });

  const changes = await bundlePackage(folder);

  expect({ ...changes, removed: changes.removed.toSorted() }).toEqual({
    written: [],
    removed: ["rooms/greeter.js", "rooms/greeter.js.map"],
  });
  expect(existsSync(join(folder, "dist/rooms/greeter.d.ts"))).toBe(true);
  expect(statSync(join(folder, "dist/initial.js")).mtimeMs).toBe(before);
});

test("What the bundler would only warn of is an error that names the package", async () => {
  write({ "src/index.ts": "export const run = (code: string): unknown => eval(code);" });

  await expect(bundlePackage(folder)).rejects.toThrow(new RegExp(`${basename(folder)}: .*eval`, "s"));
});
