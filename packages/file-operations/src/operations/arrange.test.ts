import { execFileSync } from "node:child_process";
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { failureOf, testRoot, type TestRoot, type TestRootOptions } from "../fixtures/test-root.ts";

function arranged(options: TestRootOptions = {}): Promise<TestRoot> {
  return testRoot({
    ...options,
    prepare(folder, outside) {
      mkdirSync(join(folder, "dir/sub"), { recursive: true });
      mkdirSync(join(folder, "empty"));
      for (const name of ["a", "b", "dir/c", "dir/sub/d"]) writeFileSync(join(folder, name), name);
      writeFileSync(join(outside, "secret"), "secret");
      symlinkSync(outside, join(folder, "link"));
      linkSync(join(outside, "secret"), join(folder, "hard"));
      execFileSync("mkfifo", [join(folder, "pipe")]);
    },
  });
}

describe("move", () => {
  test("renames files and directories, also into other directories", async () => {
    await using files = await arranged();

    await files.root.move("a", "dir/moved");
    await files.root.move("dir", "empty/dir");

    expect(await files.root.readText("empty/dir/moved")).toBe("a");
    expect(existsSync(join(files.folder, "dir"))).toBe(false);
  });

  test("replaces only a file, and only on demand", async () => {
    await using files = await arranged();
    const { root } = files;

    expect(await failureOf(root.move("a", "b"))).toMatchObject({ code: "exists" });
    await root.move("a", "a");
    await root.move("a", "b", { overwrite: true });
    expect(await root.readText("b")).toBe("a");
    expect(await failureOf(root.move("b", "dir", { overwrite: true }))).toMatchObject({ code: "not-a-file" });
    expect(await failureOf(root.move("dir", "empty", { overwrite: true }))).toMatchObject({ code: "exists" });
    expect(await failureOf(root.move("dir", "b", { overwrite: true }))).toMatchObject({ code: "exists" });
    expect(await failureOf(root.move("b", "link"))).toMatchObject({ reason: "symlink" });
    expect(await failureOf(root.move("dir", "pipe"))).toMatchObject({ reason: "special" });
  });

  test.each([
    ["link", "x", "symlink"],
    ["hard", "x", "hard-link"],
    ["pipe", "x", "special"],
    [".", "x", "root"],
    ["a", ".", "root"],
    ["a", "../x", "path"],
    ["a", "link/x", "symlink"],
    ["a", "link", "symlink"],
    ["a", "pipe", "special"],
    ["a", "hard", "hard-link"],
    ["a", "x/", "path"],
    ["a", "nul", "path"],
    ["dir/../../a", "x", "path"],
  ])("%s to %s is refused, and changes nothing", async (from, to, reason) => {
    await using files = await arranged();
    const before = readdirSync(files.folder, { recursive: true });

    const failure = await failureOf(files.root.move(from, to, { overwrite: true }));

    expect(failure).toMatchObject({ code: "refused", reason });
    expect(readdirSync(files.folder, { recursive: true })).toEqual(before);
    expect(readdirSync(files.outside)).toEqual(["secret"]);
  });

  test("a directory does not go into itself, nor anything to where nothing is", async () => {
    await using files = await arranged();

    expect(await failureOf(files.root.move("dir", "dir/sub/x"))).toMatchObject({ code: "unsupported" });
    expect(await failureOf(files.root.move("a", "none/x"))).toMatchObject({ code: "not-found" });
    expect(await failureOf(files.root.move("none", "x"))).toMatchObject({ code: "not-found" });
    expect(await failureOf(files.root.move("a", "b/x"))).toMatchObject({ code: "not-a-directory" });
  });

  test("of many who move one file, one does", async () => {
    await using files = await arranged();

    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => files.root.move("a", `to${index}`)),
    );

    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(readdirSync(files.folder).filter((name) => name.startsWith("to"))).toHaveLength(1);
  });

  test("nothing that is closed is opened by moving what is above it", async () => {
    await using files = await arranged({ deny: ["dir/sub/**", "**/.env"] });
    writeFileSync(join(files.folder, "empty/.env"), "secret");
    const { root } = files;

    expect(await failureOf(root.move("dir", "x"))).toMatchObject({ reason: "denied-name" });
    expect(await failureOf(root.move("dir/sub", "x"))).toMatchObject({ reason: "denied-name" });
    expect(await failureOf(root.move("a", "dir/sub/x"))).toMatchObject({ reason: "denied-name" });
    await root.move("dir/c", "dir/d");
    await root.move("empty", "moved");
    expect(await failureOf(root.read("moved/.env"))).toMatchObject({ reason: "denied-name" });
  });
});

describe("copy", () => {
  test("makes a new file, and replaces one only on demand", async () => {
    await using files = await arranged();
    const { root } = files;

    const copied = await root.copy("dir/c", "copy");

    expect(copied).toMatchObject({ path: "copy", size: 5 });
    expect(await failureOf(root.copy("a", "copy"))).toMatchObject({ code: "exists" });
    await root.copy("a", "copy", { overwrite: true });
    expect([await root.readText("copy"), await root.readText("a")]).toEqual(["a", "a"]);
  });

  test("a file onto itself stays what it is", async () => {
    await using files = await arranged();

    await files.root.copy("dir/c", "dir/c", { overwrite: true });

    expect(await files.root.readText("dir/c")).toBe("dir/c");
  });

  test("does not take directories, links, hard links or pipes", async () => {
    await using files = await arranged();
    const { root } = files;

    expect(await failureOf(root.copy("dir", "x"))).toMatchObject({ code: "not-a-file" });
    for (const name of ["link", "link/secret", "hard", "pipe"]) {
      expect(await failureOf(root.copy(name, "x"))).toMatchObject({ code: "refused" });
    }
  });
});

describe("mkdir", () => {
  test("makes one directory, or all on the way", async () => {
    await using files = await arranged();
    const { root } = files;

    await root.mkdir("new");
    await root.mkdir("new/x/y", { recursive: true });
    await root.mkdir("new/x", { recursive: true });

    expect(await failureOf(root.mkdir("new"))).toMatchObject({ code: "exists" });
    expect(await failureOf(root.mkdir("none/x"))).toMatchObject({ code: "not-found" });
    expect(await failureOf(root.mkdir("a", { recursive: true }))).toMatchObject({ code: "exists" });
    expect(await failureOf(root.mkdir("a/x", { recursive: true }))).toMatchObject({ code: "not-a-directory" });
    expect(await failureOf(root.mkdir("link", { recursive: true }))).toMatchObject({ reason: "symlink" });
    expect(await failureOf(root.mkdir("link/x", { recursive: true }))).toMatchObject({ reason: "symlink" });
    expect(await failureOf(root.mkdir("."))).toMatchObject({ code: "exists" });
    await root.mkdir(".", { recursive: true });
    expect(readdirSync(files.outside)).toEqual(["secret"]);
  });

  test("a directory that is left again on the way must be there, also when nothing is to be made", async () => {
    await using files = await arranged();
    const { root } = files;

    expect(await failureOf(root.mkdir("link/..", { recursive: true }))).toMatchObject({ reason: "symlink" });
    expect(await failureOf(root.mkdir("none/..", { recursive: true }))).toMatchObject({ code: "not-found" });
    await root.mkdir("dir/..", { recursive: true });
  });

  test("a directory is not replaced by one that is moved to its name at the same time", async () => {
    await using files = await arranged();
    const { root } = files;

    for (let round = 0; round < 60; round += 1) {
      const moving = root.move("dir", "x");
      // To come in between at one time or another.
      for (let turn = 0; turn < round % 12; turn += 1) await nextTurn();
      const settled = await Promise.allSettled([root.mkdir("x"), moving]);
      expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      if (settled[1].status === "fulfilled") await root.move("x", "dir");
      else await root.remove("x");
    }
  });

  test("many who make the same directories all succeed", async () => {
    await using files = await arranged();

    await Promise.all(Array.from({ length: 20 }, () => files.root.mkdir("p/q/r", { recursive: true })));

    expect(files.root.usage().files).toBe(10 + 3);
  });
});

describe("remove", () => {
  test("takes files, links, pipes and empty directories", async () => {
    await using files = await arranged();

    for (const name of ["a", "link", "hard", "pipe", "empty"]) await files.root.remove(name);

    expect(readdirSync(files.folder)).toEqual(["b", "dir"]);
    expect(readFileSync(join(files.outside, "secret"), "utf8")).toBe("secret");
  });

  test("takes a directory with all that is in it on demand, and links in it without following them", async () => {
    await using files = await arranged();
    symlinkSync(files.outside, join(files.folder, "dir/sub/out"));
    writeFileSync(Buffer.concat([Buffer.from(join(files.folder, "dir/sub/")), Buffer.from([0xff, 0x41])]), "not UTF-8");
    writeFileSync(join(files.folder, "dir/back\\slash"), "");
    for (let index = 0; index < 1000; index += 1) writeFileSync(join(files.folder, `dir/${index}`), "");

    expect(await failureOf(files.root.remove("dir"))).toMatchObject({ code: "not-empty" });
    await files.root.remove("dir", { recursive: true });

    expect(existsSync(join(files.folder, "dir"))).toBe(false);
    expect(readdirSync(files.outside)).toEqual(["secret"]);
  });

  test("never takes the root, what is outside, or what is closed", async () => {
    await using files = await arranged({ deny: ["dir/sub/d"] });
    const { root } = files;

    expect(await failureOf(root.remove(".", { recursive: true }))).toMatchObject({ reason: "root" });
    expect(await failureOf(root.remove("dir/..", { recursive: true }))).toMatchObject({ reason: "root" });
    expect(await failureOf(root.remove("link/secret"))).toMatchObject({ reason: "symlink" });
    expect(await failureOf(root.remove("dir", { recursive: true }))).toMatchObject({ reason: "denied-name" });
    expect(await failureOf(root.remove("none"))).toMatchObject({ code: "not-found" });
    expect(new Set(readdirSync(join(files.folder, "dir"), { recursive: true, encoding: "utf8" }))).toEqual(
      new Set(["c", "sub", "sub/d"]),
    );
  });

  test("a link that is followed for reading is removed itself", async () => {
    await using files = await testRoot({
      symlinks: "inside",
      prepare(folder) {
        writeFileSync(join(folder, "real"), "x");
        symlinkSync("real", join(folder, "link"));
      },
    });

    await files.root.remove("link");

    expect(readdirSync(files.folder)).toEqual(["real"]);
  });

  test("leaves what is over its limits as it is", async () => {
    await using files = await arranged({ limits: { entries: 2, depth: 3 } });
    mkdirSync(join(files.folder, "deep/1/2/3/4/5"), { recursive: true });

    expect(await failureOf(files.root.remove("dir", { recursive: true }))).toMatchObject({ code: "limit" });
    expect(await failureOf(files.root.remove("deep", { recursive: true }))).toMatchObject({ code: "limit" });
    expect(readdirSync(join(files.folder, "dir"), { recursive: true })).toHaveLength(3);
    expect(existsSync(join(files.folder, "deep/1/2/3/4/5"))).toBe(true);
  });

  test("waits for no one who waits for it: removals and moves between the same names all end", async () => {
    await using files = await arranged();
    const { root } = files;

    const changes = Array.from({ length: 8 }, () => [
      root.mkdir("dir/sub", { recursive: true }),
      root.write("dir/c", "c"),
      root.remove("dir", { recursive: true }),
      root.move("dir/c", "dir", { overwrite: true }),
      root.move("a", "dir/c", { overwrite: true }),
      root.remove("empty", { recursive: true }),
      root.move("dir", "empty"),
    ]).flat();

    const settled = await Promise.allSettled(changes);
    expect(settled.filter(({ status }) => status === "fulfilled").length).toBeGreaterThan(0);
    await root.mkdir("again");
  });
});

test("there is no way to make a link", async () => {
  await using files = await arranged();

  expect(["symlink", "link", "chmod", "chown", "truncate"].filter((name) => name in files.root)).toEqual([]);
  expect(readlinkSync(join(files.folder, "link"))).toBe(files.outside);
});
