import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { canMount } from "../fixtures/can-mount.ts";
import { collect, failureOf, testRoot } from "../fixtures/test-root.ts";

test("a file is written, replaced and described", async () => {
  await using files = await testRoot();
  const { root } = files;

  const first = await root.write("a.txt", "one");
  const second = await root.write("a.txt", new TextEncoder().encode("three"));

  expect(await root.readText("a.txt")).toBe("three");
  expect(second).toMatchObject({ path: "a.txt", kind: "file", size: 5 });
  expect(second.etag).not.toBe(first.etag);
  expect(await root.stat("a.txt")).toEqual(second);
  expect(readdirSync(files.folder)).toEqual(["a.txt"]);
});

test("a stream is written as it comes, also one of the same root", async () => {
  await using files = await testRoot({ limits: { concurrency: 1 } });
  const { root } = files;
  await root.write("a", chunks("ab", new Uint8Array([99]), "", "d"));

  await Promise.all(["b", "c", "d"].map(async (name) => root.write(name, await root.stream("a"))));

  expect(await root.readText("d")).toBe("abcd");
});

test("a new file belongs to this user alone, and a replaced one keeps its permissions", async () => {
  await using files = await testRoot({
    prepare(folder) {
      writeFileSync(join(folder, "old"), "");
      chmodSync(join(folder, "old"), 0o7754);
    },
  });
  const umask = process.umask(0o777);
  await files.root.write("new", "x");
  await files.root.write("old", "x");
  await files.root.append("old", "y");
  process.umask(umask);

  expect(statSync(join(files.folder, "new")).mode & 0o7777).toBe(0o600);
  expect(statSync(join(files.folder, "old")).mode & 0o7777).toBe(0o754);
});

test.runIf(process.getuid?.() === 0)("a file that root replaces keeps its owner", async () => {
  await using files = await testRoot({
    prepare(folder) {
      writeFileSync(join(folder, "a"), "");
      chownSync(join(folder, "a"), 12, 34);
    },
  });

  await files.root.write("a", "x");

  expect(statSync(join(files.folder, "a"))).toMatchObject({ uid: 12, gid: 34 });
});

describe("conditions", () => {
  test("a write that names a version is refused when the file is another one", async () => {
    await using files = await testRoot();
    const { root } = files;
    const first = await root.write("a", "1");
    const second = await root.write("a", "2", { ifMatch: first.etag });

    expect(await failureOf(root.write("a", "3", { ifMatch: first.etag }))).toMatchObject({ code: "conflict" });
    expect(await failureOf(root.append("a", "3", { ifMatch: first.etag }))).toMatchObject({ code: "conflict" });
    expect(await failureOf(root.write("b", "3", { ifMatch: first.etag }))).toMatchObject({ code: "conflict" });
    await root.append("a", "3", { ifMatch: second.etag });
    expect(await root.readText("a")).toBe("23");
    expect(await root.exists("b")).toBe(false);
  });

  test("versions differ however fast they follow each other", async () => {
    await using files = await testRoot();
    const etags = new Set<string | undefined>();

    for (let round = 0; round < 60; round += 1) etags.add((await files.root.write("a", "same")).etag);

    expect(etags.size).toBe(60);
  });

  test("files that are written at the same time have times of their own", async () => {
    await using files = await testRoot();
    const names = Array.from({ length: 24 }, (_, index) => `f${index}`);

    await Promise.all(names.map((name) => files.root.write(name, "x")));

    const times = names.map((name) => statSync(join(files.folder, name), { bigint: true }).mtimeNs);
    expect(new Set(times).size).toBe(24);
  });

  test("a change by another process changes the version", async () => {
    await using files = await testRoot();
    const { etag } = await files.root.write("a", "1");

    writeFileSync(join(files.folder, "a"), "22");

    expect(await failureOf(files.root.write("a", "3", { ifMatch: etag }))).toMatchObject({ code: "conflict" });
  });

  test("of many who want to create a file, one does", async () => {
    await using files = await testRoot();

    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => files.root.write("a", `${index}`, { ifNoneMatch: "*" })),
    );

    const lost = results.filter((result) => result.status === "rejected");
    expect(lost).toHaveLength(19);
    expect(lost.every(({ reason }) => (reason as { code: string }).code === "exists")).toBe(true);
    expect(readdirSync(files.folder)).toEqual(["a"]);
  });

  test("a file that somebody else creates at the last moment stays theirs", async () => {
    await using files = await testRoot();
    const both: number[] = [];

    for (let round = 0; round < 60; round += 1) {
      const path = join(files.folder, `f${round}`);
      const writing = files.root.write(`f${round}`, "ours", { ifNoneMatch: "*" }).then(
        () => true,
        () => false,
      );
      for (let turns = 0; turns < 5 + round; turns += 1) await nextTurn();
      const isTheirs = create(path, "theirs");
      if ((await writing) && isTheirs) both.push(round);
    }

    expect(both).toEqual([]);
  });

  test("of two who change the same version, one does", async () => {
    await using files = await testRoot();
    const { etag } = await files.root.write("a", "old");

    const results = await Promise.allSettled(
      Array.from({ length: 8 }, (_, index) => files.root.write("a", `${index}`, { ifMatch: etag })),
    );

    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  test.each([{ ifNonMatch: "*" }, { mode: 0o777 }, { ifNoneMatch: "x" }])(
    "%j is a mistake, and writes nothing",
    async (options) => {
      await using files = await testRoot();

      await expect(files.root.write("a", "x", options as object)).rejects.toThrow(TypeError);

      expect(readdirSync(files.folder)).toEqual([]);
    },
  );
});

describe("at the same time", () => {
  test("everything that is appended arrives, each piece whole", async () => {
    await using files = await testRoot();
    const pieces = Array.from({ length: 40 }, (_, index) => `${index};`);

    await Promise.all(pieces.map((piece) => files.root.append("log", piece)));

    const text = await files.root.readText("log");
    expect(
      text
        .split(";")
        .slice(0, -1)
        .map(Number)
        .toSorted((one, other) => one - other),
    ).toEqual(pieces.map((_, index) => index));
  });

  test("a reader sees the old content or the new, and never a part", async () => {
    await using files = await testRoot();
    const versions = ["a", "b"].map((letter) => letter.repeat(300_000));
    await files.root.write("f", versions[0] ?? "");
    const writing = (async () => {
      for (let round = 0; round < 30; round += 1) await files.root.write("f", versions[round % 2] ?? "");
    })();

    const seen = new Set<string>();
    await until(writing, async () => seen.add(await files.root.readText("f")));

    expect([...seen].every((text) => versions.includes(text))).toBe(true);
  });

  test("a reader is not told of a hard link while a file is created", async () => {
    await using files = await testRoot();
    const codes = new Set<string | undefined>();
    for (let round = 0; round < 30; round += 1) {
      const writing = files.root.write(`f${round}`, "x", { ifNoneMatch: "*" });
      await until(writing, () =>
        files.root.read(`f${round}`).catch((error: { code: string }) => codes.add(error.code)),
      );
    }

    expect([...codes].filter((code) => code !== "not-found")).toEqual([]);
  });

  test("creating and replacing one file go together", async () => {
    await using files = await testRoot();
    const codes: unknown[] = [];

    for (let round = 0; round < 15; round += 1) {
      const writes = [{ ifNoneMatch: "*" as const }, {}, {}].map((options) =>
        files.root.write(`f${round}`, "x", options),
      );
      for (const result of await Promise.allSettled(writes)) {
        if (result.status === "rejected") codes.push((result.reason as { code: string }).code);
      }
    }

    expect(codes.filter((code) => code !== "exists")).toEqual([]);
  });

  test("several processes leave one whole file and nothing else", async () => {
    await using files = await testRoot();
    const script = join(import.meta.dirname, "../fixtures/write-many.ts");
    const children = ["a", "b", "c"].map((letter) =>
      spawn(process.execPath, ["--conditions=@plinth/source", script, files.folder, letter], { stdio: "inherit" }),
    );

    const codes = await Promise.all(children.map((child) => once(child, "exit")));

    expect(codes.map(([code]) => code as number)).toEqual([0, 0, 0]);
    expect(readFileSync(join(files.folder, "shared"), "utf8")).toMatch(/^(a{50000}|b{50000}|c{50000})$/);
    expect(readdirSync(files.folder)).toEqual(["shared"]);
  });
});

describe("what fails leaves the old file and nothing else", () => {
  test.each([
    [
      "the content fails",
      async function* content() {
        yield "half";
        throw new Error("no more");
      },
      undefined,
    ],
    [
      "the content is of the wrong kind",
      async function* content() {
        yield "half";
        yield 7 as unknown as string;
      },
      undefined,
    ],
    [
      "the content is too long",
      async function* content() {
        for (;;) yield "x".repeat(50);
      },
      "too-large",
    ],
  ])("when %s", async (_title, content, code) => {
    await using files = await testRoot({ limits: { writeBytes: 1000 } });
    await files.root.write("a", "old");
    const before = files.root.usage();

    const failure = await failureOf(files.root.write("a", content()));

    expect(failure.code).toBe(code);
    expect(readFileSync(join(files.folder, "a"), "utf8")).toBe("old");
    expect(readdirSync(files.folder)).toEqual(["a"]);
    expect(files.root.usage()).toEqual(before);
  });

  test("and closes what its content came from", async () => {
    await using files = await testRoot({ limits: { writeBytes: 100_000 } });
    const { root } = files;
    const stop = new AbortController();
    const ended: string[] = [];
    async function* given(name: string, ...chunks: readonly unknown[]): AsyncGenerator<string> {
      try {
        for (const chunk of chunks) yield chunk as string;
        stop.abort(new Error("enough"));
        yield "more";
      } finally {
        ended.push(name);
      }
    }

    await failureOf(root.write("a", given("wrong kind", "x", 7)));
    await failureOf(root.write("a", given("too long", "x".repeat(100_001))));
    await failureOf(root.write("a", given("aborted"), { signal: stop.signal }));
    await nextTurn();

    expect(ended).toEqual(["wrong kind", "too long", "aborted"]);
    const locked = new ReadableStream();
    locked.getReader();
    expect(await failureOf(root.write("a", locked))).toBeInstanceOf(TypeError);
  });

  test("when it is aborted while its content makes it wait", async () => {
    await using files = await testRoot();
    const stop = new AbortController();
    const waits = Promise.withResolvers<void>();
    const writing = failureOf(
      files.root.write(
        "a",
        (async function* content() {
          yield "half";
          waits.resolve();
          await new Promise(() => undefined);
        })(),
        { signal: stop.signal },
      ),
    );
    await waits.promise;
    stop.abort(new Error("enough"));

    expect((await writing).message).toBe("enough");
    expect(readdirSync(files.folder)).toEqual([]);
    expect(files.root.usage()).toEqual({ files: 0, bytes: 0 });
  });

  test("when the process may not write that much", async () => {
    await using files = await testRoot();
    const script = join(import.meta.dirname, "../fixtures/write-large.ts");
    const command = `ulimit -f 100 && exec "$0" --conditions=@plinth/source "$1" "$2"`;

    const answer = execFileSync("sh", ["-c", command, process.execPath, script, files.folder], { encoding: "utf8" });

    expect(JSON.parse(answer)).toEqual({ code: "too-large", names: [] });
  });

  test.skipIf(!canMount())("when the disk is full", async () => {
    await using files = await testRoot();
    const script = join(import.meta.dirname, "../fixtures/write-large.ts");
    const command = `mount -t tmpfs -o size=64k none "$2" && exec "$0" --conditions=@plinth/source "$1" "$2"`;

    const answer = execFileSync("unshare", ["-m", "sh", "-c", command, process.execPath, script, files.folder], {
      encoding: "utf8",
    });

    expect(JSON.parse(answer)).toEqual({ code: "no-space", names: [] });
  });
});

describe("what may not be written to", () => {
  test.each([
    ["a link", "link", "symlink"],
    ["a link in a directory", "dirlink/x", "symlink"],
    ["a hard link", "hard", "hard-link"],
    ["a pipe", "pipe", "special"],
    ["the root", ".", "root"],
    ["a name that ends like a directory", "new/", "path"],
  ])("%s", async (_title, path, reason) => {
    await using files = await testRoot({
      prepare(folder, outside) {
        writeFileSync(join(outside, "f"), "secret");
        symlinkSync(join(outside, "new"), join(folder, "link"));
        symlinkSync(outside, join(folder, "dirlink"));
        linkSync(join(outside, "f"), join(folder, "hard"));
        execFileSync("mkfifo", [join(folder, "pipe")]);
      },
    });

    for (const failure of [
      await failureOf(files.root.write(path, "x")),
      await failureOf(files.root.append(path, "x")),
    ]) {
      expect(failure).toMatchObject({ code: "refused", reason });
    }
    expect(readdirSync(files.outside)).toEqual(["f"]);
    expect(readFileSync(join(files.outside, "f"), "utf8")).toBe("secret");
  });

  test("a directory, and a file in one that does not exist", async () => {
    await using files = await testRoot();
    await files.root.mkdir("dir");

    expect(await failureOf(files.root.write("dir", "x"))).toMatchObject({ code: "not-a-file" });
    expect(await failureOf(files.root.write("none/x", "x"))).toMatchObject({ code: "not-found" });
  });

  test.skipIf(process.getuid?.() === 0)(
    "what this user may not write to, although its directory could be",
    async () => {
      await using files = await testRoot({
        prepare(folder) {
          writeFileSync(join(folder, "read-only"), "old", { mode: 0o400 });
          mkdirSync(join(folder, "closed"), { mode: 0o500 });
          mkdirSync(join(folder, "unseen"), { mode: 0o000 });
        },
      });
      const { root } = files;

      for (const path of ["read-only", "closed/x", "unseen/x"]) {
        expect(await failureOf(root.write(path, "new"))).toMatchObject({ code: "denied", refused: false });
      }
      expect((await collect(root.walk())).find(({ name }) => name === "unseen")).toMatchObject({ skipped: "denied" });
      expect(readFileSync(join(files.folder, "read-only"), "utf8")).toBe("old");
    },
  );

  test.skipIf(process.getuid?.() === 0)("but a directory that cannot be read can be", async () => {
    await using files = await testRoot({ prepare: (folder) => mkdirSync(join(folder, "blind"), { mode: 0o300 }) });

    await files.root.write("blind/a", "x");
    await files.root.move("blind/a", "blind/b");

    expect(await files.root.readText("blind/b")).toBe("x");
    chmodSync(join(files.folder, "blind"), 0o700);
  });

  test("a root for reading only", async () => {
    await using files = await testRoot({
      mode: "read-only",
      prepare: (folder) => writeFileSync(join(folder, "a"), "x"),
    });
    const { root } = files;

    const changes = [
      root.write("a", "y"),
      root.append("a", "y"),
      root.mkdir("d"),
      root.remove("a"),
      root.move("a", "b"),
      root.copy("a", "b"),
      root.subroot(".", { mode: "read-write" }),
    ].map(failureOf);

    for (const failure of await Promise.all(changes)) {
      expect(failure).toMatchObject({ code: "read-only", refused: true });
    }
    expect(readdirSync(files.folder)).toEqual(["a"]);
  });
});

test("links inside are written through, so the file that they lead to is replaced", async () => {
  await using files = await testRoot({
    symlinks: "inside",
    prepare(folder) {
      writeFileSync(join(folder, "real"), "old");
      symlinkSync("real", join(folder, "link"));
    },
  });

  const written = await files.root.write("link", "new");

  expect(written.path).toBe("real");
  expect(readFileSync(join(files.folder, "real"), "utf8")).toBe("new");
});

/** Does something again and again until something else has ended. */
async function until(end: Promise<unknown>, again: () => Promise<unknown>): Promise<void> {
  const state = { isOver: false };
  const ended = end.finally(() => {
    state.isOver = true;
  });
  while (!state.isOver) await again();
  await ended;
}

function create(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: "wx" });
    return true;
  } catch {
    return false;
  }
}

async function* chunks(...pieces: (string | Uint8Array)[]): AsyncGenerator<string | Uint8Array> {
  yield* pieces;
}
