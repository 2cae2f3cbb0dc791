import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { collect, failureOf, testRoot, type TestRoot, type TestRootOptions } from "../fixtures/test-root.ts";
import { compileGlob } from "../paths/glob-pattern.ts";
import type { FileEntry } from "./walk.ts";

function tree(options: TestRootOptions = {}): Promise<TestRoot> {
  return testRoot({
    ...options,
    prepare(folder, outside) {
      mkdirSync(join(folder, "src/deep"), { recursive: true });
      for (const name of ["a.txt", "src/b.ts", "src/deep/c.ts", ".hidden"]) writeFileSync(join(folder, name), name);
      writeFileSync(join(outside, "secret.ts"), "secret");
      symlinkSync(outside, join(folder, "src/link"));
    },
  });
}

async function paths(entries: AsyncIterable<FileEntry>): Promise<string[]> {
  return (await collect(entries)).map(({ path }) => path).toSorted();
}

test("a list has the entries of one directory, with what they are", async () => {
  await using files = await tree();

  const entries = await collect(files.root.list("src"));

  expect(entries.toSorted((one, other) => one.name.localeCompare(other.name))).toEqual([
    { path: "src/b.ts", name: "b.ts", kind: "file", addressable: true },
    { path: "src/deep", name: "deep", kind: "directory", addressable: true },
    { path: "src/link", name: "link", kind: "symlink", addressable: true },
  ]);
  expect(await paths(files.root.list())).toEqual([".hidden", "a.txt", "src"]);
});

test("details are size, time and version, and a directory on the way that is left again is checked too", async () => {
  await using files = await tree();

  const entries = await collect(files.root.list("src/../.", { details: true }));
  const entry = entries.find(({ name }) => name === "a.txt");

  const { size, modified, etag } = await files.root.stat("a.txt");
  expect(entry).toEqual({ path: "a.txt", name: "a.txt", kind: "file", addressable: true, size, modified, etag });
  expect(await failureOf(collect(files.root.list("src/link/..")))).toMatchObject({ reason: "symlink" });
});

test("a walk goes down directories and never through links", async () => {
  await using files = await tree({ symlinks: "inside" });
  symlinkSync("..", join(files.folder, "src/up"));

  expect(await paths(files.root.walk())).toEqual([
    ".hidden",
    "a.txt",
    "src",
    "src/b.ts",
    "src/deep",
    "src/deep/c.ts",
    "src/link",
    "src/up",
  ]);
  expect(await paths(files.root.walk("src/deep"))).toEqual(["src/deep/c.ts"]);
});

test("a glob gives what matches", async () => {
  await using files = await tree();

  expect(await paths(files.root.glob("**/*.ts"))).toEqual(["src/b.ts", "src/deep/c.ts"]);
  expect(await paths(files.root.glob("src/*"))).toEqual(["src/b.ts", "src/deep", "src/link"]);
  expect(await failureOf(collect(files.root.glob("../*")))).toMatchObject({ reason: "pattern" });
});

test("what is closed is not listed, with all that is below", async () => {
  await using files = await tree({ deny: ["SRC/deep", "**/.hid*"] });

  expect(await paths(files.root.walk())).toEqual(["a.txt", "src", "src/b.ts", "src/link"]);
  expect(await paths(files.root.glob("**/c.ts"))).toEqual([]);
  expect(await failureOf(collect(files.root.list("src/deep")))).toMatchObject({ reason: "denied-name" });
});

test("a directory that a walk may not enter says so", async () => {
  await using files = await tree({ limits: { depth: 2 } });

  const skipped = (await collect(files.root.walk())).filter((entry) => entry.skipped !== undefined);

  expect(skipped).toMatchObject([{ path: "src/deep", skipped: "depth" }]);
});

test("names that no path could have are shown escaped, and lead nowhere", async () => {
  await using files = await testRoot({
    prepare(folder) {
      writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff, 0xfe])]), "x");
      for (const name of ["back\\slash", "esc\u001b[2J", "e\u0301", "nul", "dot.", "line\nbreak", "\u202Etxt.exe"]) {
        writeFileSync(join(folder, name), "x");
      }
    },
  });

  const entries = await collect(files.root.list(".", { details: true }));

  expect(entries).toHaveLength(8);
  expect(entries.some(({ addressable }) => addressable)).toBe(false);
  expect(entries.map(({ name }) => name).join("")).not.toMatch(/[\p{Cc}\u202e]/u);
  for (const { path } of entries) expect(await failureOf(files.root.read(path))).toMatchObject({ code: "refused" });
  expect(await paths(files.root.glob("**"))).toHaveLength(8);
  expect(await collect(files.root.search("x"))).toEqual([]);
});

test("names of prototypes are names", async () => {
  await using files = await testRoot();
  const names = ["__proto__", "constructor", "toString", "hasOwnProperty"];

  await Promise.all(names.map((name) => files.root.write(name, name)));

  expect(await paths(files.root.list())).toEqual(names.toSorted());
  expect(await files.root.readText("__proto__")).toBe("__proto__");
});

test("a file, a link and nothing are no directories", async () => {
  await using files = await tree();

  expect(await failureOf(collect(files.root.list("a.txt")))).toMatchObject({ code: "not-a-directory" });
  expect(await failureOf(collect(files.root.walk("src/link")))).toMatchObject({ reason: "symlink" });
  expect(await failureOf(collect(files.root.list("none")))).toMatchObject({ code: "not-found" });
});

describe("while it goes on", () => {
  test("it ends at its limit, after what it has given", async () => {
    await using files = await testRoot({
      limits: { entries: 10 },
      prepare(folder) {
        for (let index = 0; index < 11; index += 1) writeFileSync(join(folder, `${index}`), "");
      },
    });
    const given: string[] = [];

    const failure = await failureOf(
      (async () => {
        for await (const { path } of files.root.walk()) given.push(path);
      })(),
    );

    expect(failure).toMatchObject({ code: "limit" });
    expect(given).toHaveLength(10);
  });

  test("others may work on the same root, also with one turn for all", async () => {
    await using files = await tree({ limits: { concurrency: 1 } });
    const texts: string[] = [];

    for await (const { path, kind } of files.root.walk()) {
      if (kind === "file") texts.push(await files.root.readText(path));
    }

    expect(texts.toSorted()).toEqual([".hidden", "a.txt", "src/b.ts", "src/deep/c.ts"]);
  });

  test("directories that disappear are left out, and those that are moved out of the root lead nowhere else", async () => {
    await using files = await testRoot({
      prepare(folder, outside) {
        for (let index = 0; index < 600; index += 1) mkdirSync(join(folder, `d${index}/in`), { recursive: true });
        writeFileSync(join(outside, "secret"), "");
      },
    });
    let count = 0;
    let isGone = false;

    for await (const { path } of files.root.walk()) {
      expect(path).not.toContain("secret");
      count += 1;
      if (isGone) continue;
      isGone = true;
      renameSync(join(files.folder, "d599"), join(files.outside, "d599"));
      for (let index = 300; index < 599; index += 1) rmSync(join(files.folder, `d${index}`), { recursive: true });
    }

    expect(count).toBeGreaterThanOrEqual(600);
    expect(count).toBeLessThan(1200);
  });

  test("leaving it early, a signal, and closing the root give everything up", async () => {
    await using files = await tree();
    const before = readdirSync("/proc/self/fd").length;

    for await (const _ of files.root.walk()) break;
    expect(readdirSync("/proc/self/fd")).toHaveLength(before);

    const stop = new AbortController();
    stop.abort(new Error("enough"));
    expect((await failureOf(collect(files.root.walk(".", { signal: stop.signal })))).message).toBe("enough");

    const sub = await files.root.subroot("src");
    const left = sub.walk();
    await left.next();
    await sub.close();
    expect(readdirSync("/proc/self/fd")).toHaveLength(before);
    expect((await left.next()).done).toBe(false);
    await collect(left).catch(() => undefined);
  });

  test("a hostile pattern leaves the event loop alone, and can be stopped", async () => {
    const names = Array.from({ length: 600 }, (_, index) => `${1000 + index}${"a".repeat(240)}`);
    await using files = await testRoot({
      prepare(folder) {
        for (const name of names) writeFileSync(join(folder, name), "");
      },
    });
    const pattern = `*{a,?}{a,?}{a,?}${"a".repeat(115)}{b,c}`;
    const glob = compileGlob(pattern);
    const started = process.cpuUsage().user;
    for (const name of names.slice(0, 20)) glob.step(glob.start, name);
    const oneName = (process.cpuUsage().user - started) / 20;
    const stop = new AbortController();
    // In CPU time, since a machine that is busy makes everything else longer.
    let longest = 0;
    let last = process.cpuUsage().user;
    let turns = 0;
    const timer = setInterval(() => {
      const now = process.cpuUsage().user;
      longest = Math.max(longest, now - last);
      last = now;
      turns += 1;
      if (turns === 3) stop.abort(new Error("enough"));
    }, 1);

    const failure = await failureOf(collect(files.root.glob(pattern, { signal: stop.signal })));
    clearInterval(timer);

    expect(failure.message).toBe("enough");
    // It looks at 32 names ahead.
    expect(longest).toBeLessThan(10_000 + 100 * oneName);
  });

  test("no more are open than may be", async () => {
    await using files = await tree({ limits: { handles: 1 } });
    const first = files.root.walk();
    await first.next();

    expect(await failureOf(collect(files.root.list()))).toMatchObject({ code: "busy" });

    await first.return();
    expect(await paths(files.root.list())).toHaveLength(3);
  });
});

const count = Number(process.env.PLINTH_WALK_FILES ?? 10_000);

/** What is in use after everything else was thrown away. */
function heapInUse(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  return process.memoryUsage().heapUsed;
}

test("the memory of a walk does not grow with the tree", async () => {
  await using files = await testRoot({
    mode: "read-only",
    prepare(folder) {
      const script = `for (let i = 0; i < ${count}; i++) { if (i % 1000 === 0) fs.mkdirSync("d" + i); fs.writeFileSync("d" + (i - i % 1000) + "/" + i, ""); }`;
      execFileSync(process.execPath, ["-e", script], { cwd: folder });
    },
  });
  await collect(files.root.walk("d0"));
  let seen = 0;
  const heaps: number[] = [];

  for await (const _ of files.root.walk()) {
    seen += 1;
    if (seen % 2000 === 0) heaps.push(heapInUse());
  }

  expect(seen).toBe(count + count / 1000);
  // An entry that is kept takes twice as much; what the engine compiles meanwhile takes some too.
  expect((heaps.at(-1) ?? Infinity) - (heaps[0] ?? 0)).toBeLessThan(100 * count);
});
