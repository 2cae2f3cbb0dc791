import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { lstatSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FileError } from "./errors/file-error.ts";
import type { FileRoot } from "./file-root.ts";
import { canMount } from "./fixtures/can-mount.ts";
import { type CorpusFolder, makeCorpusFolder, secret } from "./fixtures/corpus-folder.ts";
import { collect, failureOf } from "./fixtures/test-root.ts";
import { openRoot, type OpenRootOptions } from "./open-root.ts";
import { temporaryPrefix } from "./paths/name-problem.ts";

interface Case {
  readonly id: string;
  readonly class: string;
  readonly path: string;
  readonly op: string;
  readonly platform: string;
  readonly expect: string;
  readonly why: string;
  readonly setup?: string;
  readonly target?: string;
  readonly policy?: { readonly deny?: string[]; readonly unicode?: "nfc" };
  readonly bytes?: number;
  readonly offset?: number;
  readonly mode?: string;
  readonly fault?: string;
  readonly preexisting?: string;
}

// Not imported: a bundler's JSON parser may refuse the lone surrogate in it.
const corpus = readFileSync(join(import.meta.dirname, "fixtures/path-corpus.json"), "utf8");
const { cases } = JSON.parse(corpus) as { readonly cases: readonly Case[] };
const quota = { files: 10_000, bytes: 2 ** 41 };

let folder: CorpusFolder;
beforeAll(async () => {
  folder = await makeCorpusFolder();
});
afterAll(async () => {
  folder.server.close();
  rmSync(folder.base, { recursive: true, force: true });
});

/** All that an attack could have changed. */
function outsideNow(): string {
  const here = ["outside", "root-evil"].flatMap((name) =>
    readdirSync(join(folder.base, name)).map((file) => readFileSync(join(folder.base, name, file), "utf8") + file),
  );
  const { mtimeMs, size } = statSync("/etc/passwd");
  return JSON.stringify([here, readdirSync(folder.base), mtimeMs, size]);
}

async function verdictOf(operation: () => Promise<string>): Promise<string> {
  try {
    const shown = await operation();
    return shown.includes(secret) || shown.includes("root:") ? "escaped" : "allowed";
  } catch (error) {
    if (!FileError.isInstance(error)) throw error;
    if (inspect(error, { showHidden: true }).includes(folder.base)) return "shows where the root is";
    return error.refused ? "blocked" : "error";
  }
}

async function attempt(root: FileRoot, { op, path, target = "", bytes }: Case): Promise<string> {
  const text = path.replaceAll("ROOTNAME", "root");
  switch (op) {
    case "read":
      return (await root.read(text)).toString("latin1");
    case "write":
      return JSON.stringify(await root.write(text, bytes === undefined ? "written" : megabytes(bytes)));
    case "delete":
      return String(await root.remove(text));
    case "list-recursive":
      return JSON.stringify(await collect(root.walk(text)));
    case "glob":
      return JSON.stringify(await collect(root.glob("**")));
    case "move":
      return String(await root.move(text, target));
    default:
      throw new Error(`The corpus has an operation ${op} that this test does not know`);
  }
}

async function* megabytes(bytes: number): AsyncGenerator<Uint8Array> {
  const chunk = new Uint8Array(2 ** 20);
  for (let given = 0; given < bytes; given += chunk.length) yield chunk;
}

function isHere({ platform }: Case): boolean {
  return platform === "all" || platform.split(",").includes(process.platform);
}

const modes = new Map<string | undefined, number>([
  ["600", 0o600],
  ["no-suid", 0o755],
]);
const special = new Set(["symlink", "link"]);
const ordinary = cases.filter(
  (one) =>
    isHere(one) &&
    one.class !== "race" &&
    one.setup === undefined &&
    one.offset === undefined &&
    !special.has(one.op) &&
    one.fault === undefined,
);

describe.runIf(process.platform === "linux")("the corpus of path attacks", () => {
  test.each(ordinary)("$id $class: $why", async (one) => {
    if (folder.missing.has(one.path)) return;
    const options: OpenRootOptions = { quota, ...one.policy };
    const fullQuota = one.id === "path-140" ? { files: 1 } : one.id === "path-139" ? { bytes: 2 ** 26 } : {};
    // The sparse file alone counts a terabyte.
    const limited = { ...options, quota: { ...quota, ...fullQuota } };
    if (one.preexisting !== undefined) symlinkSync(folder.outside, join(folder.root, `${temporaryPrefix}guess`));
    const before = outsideNow();
    const umask = process.umask(Number.parseInt((one as { umask?: string }).umask ?? "022", 8));
    await using root = await openRoot(folder.root, limited);

    const verdict = await verdictOf(() => attempt(root, one));
    process.umask(umask);

    expect(verdict).toBe(one.expect);
    expect(outsideNow()).toBe(before);
    const mode =
      one.op === "write" && one.mode !== undefined ? statSync(join(folder.root, one.path)).mode & 0o7777 : undefined;
    expect(mode).toBe(modes.get(one.mode));
    const leftOver = readdirSync(folder.root).filter((name) => name.startsWith(temporaryPrefix));
    expect(leftOver).toEqual(one.preexisting === undefined ? [] : [`${temporaryPrefix}guess`]);
    rmSync(join(folder.root, `${temporaryPrefix}guess`), { force: true });
    if (one.op === "delete") symlinkSync("/etc/passwd", join(folder.root, one.path));
  });

  test.each(cases.filter(({ offset }) => offset !== undefined))("$id $class: $why", async (one) => {
    await using root = await openRoot(folder.root, { quota });
    const options = { offset: one.offset } as object;

    await expect(root.write(one.path, "x", options)).rejects.toThrow(TypeError);

    expect(readdirSync(folder.root)).not.toContain(one.path);
  });

  const links = ordinary.filter((one) => one.class === "symlink" && one.op === "read");
  test.each(links)("$id $class, following links inside: $why", async (one) => {
    const isInside = ["in-link", "dirlink", "abs-in-link"].includes(one.path);
    const before = outsideNow();
    await using root = await openRoot(folder.root, { mode: "read-only", symlinks: "inside" });

    const verdict = await verdictOf(() => attempt(root, one));

    expect(verdict).toBe(isInside ? "allowed" : "blocked");
    expect(outsideNow()).toBe(before);
  });

  test("a link to a folder whose name only begins like the root leads out", async () => {
    const link = join(folder.root, "dir/evil-link");
    symlinkSync(join(folder.base, "root-evil/x.txt"), link);
    await using root = await openRoot(folder.root, { mode: "read-only", symlinks: "inside" });

    expect(await failureOf(root.read("dir/evil-link"))).toMatchObject({ code: "refused", reason: "symlink" });
    rmSync(link);
  });

  test("links inside lead to files, directories and absolute paths of the root", async () => {
    await using root = await openRoot(folder.root, { mode: "read-only", symlinks: "inside" });

    const texts = await Promise.all(["in-link", "dirlink/b.txt", "abs-in-link"].map((path) => root.readText(path)));

    const targets = ["dir/b.txt", "dir/b.txt", "a.txt"].map((name) => readFileSync(join(folder.root, name), "utf8"));
    expect(texts).toEqual(targets);
  });

  test.each(cases.filter(({ op }) => special.has(op)))("$id $class: there is no operation to $op", async ({ op }) => {
    await using root = await openRoot(folder.root, { mode: "read-only" });

    expect(op in root).toBe(false);
  });

  test.each(cases.filter(({ setup }) => setup === "root=/"))("$id $class: $why", async (one) => {
    await using root = await openRoot("/", { mode: "read-only" });

    expect(await verdictOf(() => attempt(root, one))).toBe(one.expect);
  });

  const mounts = cases.filter(({ setup }) => setup !== undefined && setup !== "root=/");
  test.skipIf(!canMount()).each(mounts)("$id $class: $why", ({ path }) => {
    const at = join(folder.root, path.split("/")[0] ?? "");
    const kind = path.startsWith("proc") ? "mount --bind /proc" : "mount -t tmpfs none";
    const script = `mkdir -p ${at} && ${kind} ${at} && (test -e ${at}/self || echo inside > ${at}/x) && exec "$0" "$@"`;
    const child = join(import.meta.dirname, "fixtures/read-once.ts");
    const command = ["-m", "sh", "-c", script, process.execPath, "--conditions=@plinth/source", child];

    const answer = execFileSync("unshare", [...command, folder.root, path], { encoding: "utf8" });

    expect(JSON.parse(answer)).toEqual({
      code: "refused",
      reason: "mount",
      walked: [`${path.split("/")[0]}: mount`],
    });
  });

  test.each(cases.filter(({ fault }) => fault !== undefined))("$id $class: $why", async (one) => {
    const child = spawn(
      process.execPath,
      ["--conditions=@plinth/source", join(import.meta.dirname, "fixtures/write-and-stall.ts"), folder.root, one.path],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    await once(child.stdout, "data");
    const during = readdirSync(folder.root).filter((name) => name.startsWith(temporaryPrefix));
    child.kill("SIGKILL");
    await once(child, "exit");

    await using root = await openRoot(folder.root, { quota });

    expect(during).toHaveLength(1);
    expect(readdirSync(folder.root).filter((name) => name.startsWith(temporaryPrefix))).toEqual([]);
    expect(await root.readText(one.path)).toBe("written");
  });

  test("the fixture has what the cases are about", () => {
    expect(lstatSync(join(folder.root, "fifo")).isFIFO()).toBe(true);
    expect(lstatSync(join(folder.root, "sock")).isSocket()).toBe(true);
    expect(lstatSync(join(folder.root, "hard")).nlink).toBe(2);
    expect(ordinary.length).toBeGreaterThan(75);
  });
});
