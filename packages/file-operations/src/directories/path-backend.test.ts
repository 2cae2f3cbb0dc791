import { closeSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { collect, failureOf, testRoot, type TestRoot } from "../fixtures/test-root.ts";
import { descriptorBackend } from "./descriptor-backend.ts";
import { pathBackend } from "./path-backend.ts";
import { isSameFile } from "./place.ts";

function bestEffort(): Promise<TestRoot> {
  return testRoot({
    backend: pathBackend,
    prepare(folder, outside) {
      mkdirSync(join(folder, "dir/sub"), { recursive: true });
      writeFileSync(join(folder, "dir/a"), "inside");
      writeFileSync(join(outside, "a"), "secret");
      symlinkSync(outside, join(folder, "link"));
    },
  });
}

describe("without descriptors", () => {
  test("a root says what it is", async () => {
    await using files = await bestEffort();

    expect(files.root.guarantee).toBe("best-effort");
  });

  test("every operation does the same as with them", async () => {
    await using files = await bestEffort();
    const { root } = files;

    await root.write("dir/b", "one");
    await root.append("dir/b", " two");
    await root.copy("dir/b", "dir/c");
    await root.move("dir/c", "dir/sub/c");
    await root.mkdir("x/y", { recursive: true });
    await root.remove("x", { recursive: true });

    expect(await root.readText("dir/b")).toBe("one two");
    expect(await new Response(await root.stream("dir/sub/c", { start: 4 })).text()).toBe("two");
    const walked = (await collect(root.walk("dir"))).map(({ path }) => path);
    expect(walked.toSorted()).toEqual(["dir/a", "dir/b", "dir/sub", "dir/sub/c"]);
    expect((await collect(root.search("two"))).map(({ path }) => path).toSorted()).toEqual(["dir/b", "dir/sub/c"]);
    await using sub = await root.subroot("dir");
    expect(await sub.readText("a")).toBe("inside");
  });

  test("links are refused, for reading and for writing", async () => {
    await using files = await bestEffort();
    const { root } = files;

    const failures = [
      root.read("link/a"),
      root.write("link/b", "x"),
      root.remove("link/a"),
      root.mkdir("link/d"),
      root.move("link/a", "x"),
      collect(root.list("link")),
    ].map(failureOf);

    for (const failure of await Promise.all(failures)) {
      expect(failure).toMatchObject({ code: "refused", reason: "symlink" });
    }
    expect(readdirSync(files.outside)).toEqual(["a"]);
  });

  test("a directory that is exchanged after it was found is noticed", async () => {
    await using files = await bestEffort();
    const root = await pathBackend.openRoot(files.folder);
    const directory = await pathBackend.find(root, "dir");
    const file = await pathBackend.find(directory, "a");

    renameSync(join(files.folder, "dir"), join(files.folder, "moved"));
    symlinkSync(files.outside, join(files.folder, "dir"));

    expect(await failureOf(pathBackend.openForReading(file))).toMatchObject({ code: "PLINTH_CHANGED" });
    expect(await failureOf(directory.confirm())).toMatchObject({ code: "PLINTH_CHANGED" });
  });
});

describe("with descriptors", () => {
  test("what was found stays the same, whatever takes its name", async () => {
    await using files = await testRoot({
      prepare(folder) {
        mkdirSync(join(folder, "dir"));
        writeFileSync(join(folder, "dir/a"), "first");
        writeFileSync(join(folder, "dir/b"), "second");
      },
    });
    const root = await descriptorBackend.openRoot(files.folder);
    const directory = await descriptorBackend.find(root, "dir");
    const file = await descriptorBackend.find(directory, "a");

    renameSync(join(files.folder, "dir/b"), join(files.folder, "dir/a"));
    renameSync(join(files.folder, "dir"), join(files.outside, "dir"));
    const again = await descriptorBackend.find(directory, "a");
    const descriptor = await descriptorBackend.openForReading(file);

    expect(readFileSync(descriptor, "utf8")).toBe("first");
    expect(isSameFile(file.stats, again.stats)).toBe(false);
    for (const place of [again, file, directory, root]) place.close();
    closeSync(descriptor);
  });
});
