import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { collect, failureOf, testRoot } from "../fixtures/test-root.ts";
import { compileQuery } from "../searching/text-query.ts";

function prepare(folder: string, outside: string): void {
  mkdirSync(join(folder, "src"));
  writeFileSync(join(folder, "src/a.ts"), "one\nconst Needle = 1;\nneedle needle\n");
  writeFileSync(join(folder, "b.md"), "no\nneedle");
  writeFileSync(join(folder, "binary"), "needle\0");
  writeFileSync(join(folder, "latin"), Buffer.from([0x6e, 0xff, 0x0a, ...Buffer.from("needle")]));
  writeFileSync(join(outside, "secret"), "needle");
  symlinkSync(outside, join(folder, "link"));
  execFileSync("mkfifo", [join(folder, "pipe")]);
}

test("the lines of text files that have it are found, and nothing through links or in pipes", async () => {
  await using files = await testRoot({ prepare });

  const matches = await collect(files.root.search("needle"));

  expect(matches.toSorted((one, other) => one.path.localeCompare(other.path))).toEqual([
    { path: "b.md", line: 2, column: 1, text: "needle" },
    { path: "latin", line: 2, column: 1, text: "needle" },
    { path: "src/a.ts", line: 3, column: 1, text: "needle needle" },
  ]);
});

test("it can be narrowed to a directory, to a pattern, and to how it is written", async () => {
  await using files = await testRoot({ prepare });
  const search = async (query: string, options: object): Promise<string[]> =>
    (await collect(files.root.search(query, options))).map(({ path, line }) => `${path}:${line}`);

  expect(await search("needle", { path: "src" })).toEqual(["src/a.ts:3"]);
  expect(await search("needle", { glob: "*.md" })).toEqual(["b.md:2"]);
  expect(await search("NEEDLE", { glob: "**/*.ts", ignoreCase: true })).toEqual(["src/a.ts:2", "src/a.ts:3"]);
  expect(await search("n*d?e =", { glob: "**/*.ts", wildcards: true, ignoreCase: true })).toEqual(["src/a.ts:2"]);
  expect(await search("needl", { wholeWord: true })).toEqual([]);
  expect(() => files.root.search("x", { ignorecase: true } as object)).toThrow("ignorecase");
});

test("it ends when its matches, bytes or time are used up, after what it has found", async () => {
  await using files = await testRoot({
    prepare: (folder) => writeFileSync(join(folder, "a"), "hit\n".repeat(200_000)),
  });
  const { root } = files;

  for (const budget of [{ matches: 100 }, { bytes: 100 }, { ms: 0.000_001 }]) {
    let found = 0;
    const failure = await failureOf(
      (async () => {
        for await (const _ of root.search("hit", { matches: Infinity, ...budget })) found += 1;
      })(),
    );
    expect(failure).toMatchObject({ code: "limit", refused: true });
    expect(found).toBe(budget.matches ?? found);
    expect(found).toBeLessThan(200_000);
  }
  expect(() => root.search("hit", { ms: 0 })).toThrow("ms is 0; it must be a number above zero");
});

test("a file too large to stream, one that is closed and one without line ends do no harm", async () => {
  await using files = await testRoot({
    deny: ["secret"],
    limits: { streamBytes: 2 ** 20 },
    prepare(folder) {
      writeFileSync(join(folder, "sparse"), "needle");
      truncateSync(join(folder, "sparse"), 2 ** 40);
      writeFileSync(join(folder, "secret"), "needle");
      writeFileSync(join(folder, "endless"), `${"x".repeat(900_000)}needle`);
    },
  });

  const matches = await collect(files.root.search("needle"));

  expect(matches).toMatchObject([{ path: "endless", line: 1, column: 900_001 }]);
});

test("a hostile query leaves the event loop alone", async () => {
  await using files = await testRoot({
    prepare: (folder) => writeFileSync(join(folder, "a"), "a".repeat(2_000_000)),
  });
  const query = `${"a?".repeat(127)}b`;
  const find = compileQuery(query, { wildcards: true });
  const started = process.cpuUsage().user;
  for (let round = 0; round < 10; round += 1) find("a".repeat(4096));
  const onePiece = (process.cpuUsage().user - started) / 10;

  // In CPU time, since a machine that is busy makes everything else longer.
  let longest = 0;
  let last = process.cpuUsage().user;
  const timer = setInterval(() => {
    const now = process.cpuUsage().user;
    longest = Math.max(longest, now - last);
    last = now;
  }, 1);

  const search = files.root.search(query, { wildcards: true, ms: 2000 });
  await collect(search).catch(() => undefined);
  clearInterval(timer);

  // A chunk of a file has eighteen such pieces.
  expect(longest).toBeLessThan(5000 + 9 * onePiece);
});
