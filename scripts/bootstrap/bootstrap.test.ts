import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "plinth-bootstrap-"));
  cpSync(join(import.meta.dirname, "../bootstrap.mjs"), join(root, "scripts/bootstrap.mjs"));
  cpSync(import.meta.dirname, join(root, "scripts/bootstrap"), { recursive: true });
  writeFileSync(join(root, "package.json"), JSON.stringify({ name: "fixture", private: true, type: "module" }));
  writeFileSync(join(root, "pnpm-workspace.yaml"), "packages: []\n");
  execFileSync("pnpm", ["install", "--lockfile-only", "--offline"], { cwd: root });
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(args: readonly string[], env: NodeJS.ProcessEnv = {}, nodeFlags: readonly string[] = []) {
  const script = [...nodeFlags, join(root, "scripts/bootstrap.mjs"), ...args];
  const child = spawn(process.execPath, script, { cwd: root, env: { ...process.env, npm_execpath: "", ...env } });
  child.stdout.setEncoding("utf8");
  child.stderr.setEncoding("utf8");
  return child;
}

async function bootstrap(...started: Parameters<typeof start>): Promise<Ended> {
  const child = start(...started);
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (text: string) => (stdout += text));
  child.stderr.on("data", (text: string) => (stderr += text));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout, stderr };
}

/** A path that holds Node and, when given, an `npm` made of this shell script; no pnpm. */
function pathWith(npm?: string): string {
  const folder = join(root, "bin");
  mkdirSync(folder);
  if (npm !== undefined) {
    writeFileSync(join(folder, "npm"), `#!/bin/sh\n${npm}\n`);
    chmodSync(join(folder, "npm"), 0o755);
  }
  symlinkSync(process.execPath, join(folder, "node"));
  return folder;
}

test("A program runs with its arguments and exit code, and stdout carries its output alone", async () => {
  const program = ["node", "-e", "console.log(process.argv[1]); process.exitCode = 5", "--", "hello world"];

  const ended = await bootstrap(["exec", ...program]);

  expect(ended).toEqual({ code: 5, stdout: "hello world\n", stderr: "plinth: installing the dependencies\n" });
});

test("The second run installs nothing, and a changed manifest makes it install again", async () => {
  await bootstrap(["exec", "node", "--version"]);
  const second = await bootstrap(["exec", "node", "--version"]);
  writeFileSync(join(root, "package.json"), JSON.stringify({ name: "renamed", private: true, type: "module" }));
  const third = await bootstrap(["exec", "node", "--version"]);

  expect(second.stderr).toBe("");
  expect(third.stderr).toBe("plinth: installing the dependencies\n");
});

test("SIGTERM reaches the program, and its own exit code comes back", async () => {
  const program = "process.on('SIGTERM', () => process.exit(7)); setInterval(() => {}, 1000); console.log('ready')";
  const child = start(["exec", "node", "-e", program]);

  await once(child.stdout, "data");
  child.kill("SIGTERM");

  expect(await once(child, "close")).toEqual([7, null]);
});

test("An old Node is refused with the remedy", async () => {
  const pretend = "Object.defineProperty(process, 'versions', { value: { node: '16.20.2' } })";

  const ended = await bootstrap(["start"], {}, ["--import", `data:text/javascript,${pretend}`]);

  expect(ended).toEqual({
    code: 1,
    stdout: "",
    stderr: "plinth: Node 16.20.2 is too old; install Node 18 or newer (24 is best) and run this again.\n",
  });
});

test("A lockfile that does not match the manifests is named, with the remedy", async () => {
  writeFileSync(join(root, "package.json"), JSON.stringify({ name: "fixture", dependencies: { zod: "4.6.7" } }));

  const { code, stdout, stderr } = await bootstrap(["exec", "node", "--version"]);

  expect([code, stdout]).toEqual([1, ""]);
  expect(lastLine(stderr)).toMatch(/^plinth: pnpm-lock\.yaml is out of date .*; run `npx pnpm@12 install` and commit/);
  expect(stderr.split("\n").filter(Boolean)).toHaveLength(2);
});

test("A missing lockfile is named, with the remedy", async () => {
  rmSync(join(root, "pnpm-lock.yaml"));

  const { code, stderr } = await bootstrap(["exec", "node", "--version"]);

  expect([code, stderr]).toEqual([
    1,
    "plinth: pnpm-lock.yaml is missing; restore it with `git checkout pnpm-lock.yaml`.\n",
  ]);
});

test("A machine without pnpm and without npm is told to install npm", async () => {
  const { code, stderr } = await bootstrap(["start"], { PATH: pathWith() });

  expect(code).toBe(1);
  expect(lastLine(stderr)).toMatch(/^plinth: npm is not on the path; install it/);
});

test.each([
  ["npm error code ENOTFOUND", "The package registry cannot be reached; connect to the network"],
  ["npm error code ENOSPC", "The disk is full; free about 1 GB"],
  ["npm error code EACCES", "This folder cannot be written to"],
  ["npm error code EBADPLATFORM", "There is no ready-made Node 24 and pnpm 12 for"],
  ["npm error something else", "npm failed (npm error something else); run"],
])("When npm says %j, one sentence explains it and nothing half-done stays", async (output, sentence) => {
  const path = pathWith(`echo "${output}" >&2; exit 1`);

  const { code, stdout, stderr } = await bootstrap(["start"], { PATH: path });

  expect([code, stdout]).toEqual([1, ""]);
  expect(lastLine(stderr)).toContain(`plinth: ${sentence}`);
  expect(stderr).not.toContain("    at ");
});

test("An unknown command and a program that does not exist are each answered with a sentence", async () => {
  const unknown = await bootstrap(["serve"]);
  const absent = await bootstrap(["exec", "no-such-program"]);

  expect(unknown.stderr).toMatch(/^plinth: There is no command "serve"; use start, test, or exec/);
  expect(lastLine(absent.stderr)).toMatch(/^plinth: Cannot run `no-such-program`/);
  expect([unknown.code, absent.code]).toEqual([1, 1]);
});

function lastLine(text: string): string | undefined {
  return text.trimEnd().split("\n").at(-1);
}
