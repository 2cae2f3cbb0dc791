import { execFileSync } from "node:child_process";
import { appendFileSync, readdirSync, symlinkSync, truncateSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { FileError } from "../errors/file-error.ts";
import { collect, failureOf, testRoot } from "../fixtures/test-root.ts";

test("bytes and text come back as they are", async () => {
  await using files = await testRoot({ prepare: (folder) => writeFileSync(join(folder, "a"), "h\u00e9llo") });

  expect(await files.root.read("a")).toEqual(Buffer.from("h\u00e9llo"));
  expect(await files.root.readText("a")).toBe("h\u00e9llo");
});

test("text loses its byte order mark, and what is not text is said to be none", async () => {
  await using files = await testRoot({
    prepare(folder) {
      writeFileSync(join(folder, "marked"), "\uFEFFtext");
      writeFileSync(join(folder, "binary"), Buffer.from([0xff, 0xfe, 0x00]));
    },
  });

  expect(await files.root.readText("marked")).toBe("text");
  expect(await failureOf(files.root.readText("binary"))).toMatchObject({ code: "not-text", path: "binary" });
});

test("nothing but the file is in the memory behind the bytes", async () => {
  await using files = await testRoot({ prepare: (folder) => writeFileSync(join(folder, "a"), "abc") });

  const bytes = await files.root.read("a");

  expect([bytes.byteOffset, bytes.buffer.byteLength]).toEqual([0, 3]);
});

test("a file over the limit is refused by its size, a sparse one of a terabyte too", async () => {
  await using files = await testRoot({
    limits: { readBytes: 10, streamBytes: 20 },
    prepare(folder) {
      writeFileSync(join(folder, "ten"), "x".repeat(10));
      writeFileSync(join(folder, "eleven"), "x".repeat(11));
      writeFileSync(join(folder, "sparse"), "");
      truncateSync(join(folder, "sparse"), 2 ** 40);
    },
  });

  expect(await files.root.readText("ten")).toHaveLength(10);
  expect(await failureOf(files.root.read("eleven"))).toMatchObject({ code: "too-large", refused: true });
  expect(await failureOf(files.root.stream("sparse"))).toMatchObject({ code: "too-large" });
  expect(await new Response(await files.root.stream("sparse", { start: 2 ** 39, end: 2 ** 39 + 4 })).bytes()).toEqual(
    new Uint8Array(4),
  );
});

test("a large file arrives whole through every way", async () => {
  const content = Buffer.alloc(9_000_001, "abcdefg");
  await using files = await testRoot({ prepare: (folder) => writeFileSync(join(folder, "a"), content) });

  const read = await files.root.read("a");
  const streamed = await new Response(await files.root.stream("a")).bytes();

  expect(content.equals(read)).toBe(true);
  expect(content.equals(streamed)).toBe(true);
});

describe("streams", () => {
  test.each([
    [{}, "0123456789"],
    [{ start: 3 }, "3456789"],
    [{ start: 3, end: 5 }, "34"],
    [{ end: 100 }, "0123456789"],
    [{ start: 100 }, ""],
    [{ start: 5, end: 2 }, ""],
  ])("%j gives %s", async (range, expected) => {
    await using files = await testRoot({ prepare: (folder) => writeFileSync(join(folder, "a"), "0123456789") });

    expect(await new Response(await files.root.stream("a", range)).text()).toBe(expected);
  });

  test.each([-1, 1.5, "2"])("a start of %j is refused", async (start) => {
    await using files = await testRoot({ prepare: (folder) => writeFileSync(join(folder, "a"), "") });

    await expect(files.root.stream("a", { start: start as number })).rejects.toThrow(TypeError);
  });

  test("a file that grows while it is read still ends", async () => {
    await using files = await testRoot({
      prepare: (folder) => writeFileSync(join(folder, "log"), "x".repeat(200_000)),
    });
    let length = 0;

    for await (const chunk of await files.root.stream("log")) {
      length += chunk.length;
      appendFileSync(join(files.folder, "log"), "y".repeat(100_000));
    }

    expect(length).toBe(200_000);
  });

  test("a file that is removed while it is read goes on, and one that is cut ends", async () => {
    await using files = await testRoot({
      prepare(folder) {
        writeFileSync(join(folder, "gone"), "x".repeat(200_000));
        writeFileSync(join(folder, "cut"), "x".repeat(200_000));
      },
    });
    const lengths = await Promise.all(
      ["gone", "cut"].map(async (name) => {
        const reader = (await files.root.stream(name)).getReader();
        let length = (await reader.read()).value?.length ?? 0;
        if (name === "gone") unlinkSync(join(files.folder, name));
        else truncateSync(join(files.folder, name), 100_000);
        for (let next = await reader.read(); !next.done; next = await reader.read()) length += next.value.length;
        return length;
      }),
    );

    expect(lengths).toEqual([200_000, 100_000]);
  });

  test("a stream that is cancelled closes its file, also while it is being read", async () => {
    await using files = await testRoot({ prepare: (folder) => writeFileSync(join(folder, "a"), "x".repeat(200_000)) });
    const before = openDescriptors();

    const reader = (await files.root.stream("a")).getReader();
    const reading = reader.read();
    await reader.cancel();

    await reading;
    expect(openDescriptors()).toBe(before);
  });

  test("only so many are open at the same time", async () => {
    await using files = await testRoot({
      limits: { handles: 2 },
      prepare: (folder) => writeFileSync(join(folder, "a"), "x"),
    });
    const [first] = [await files.root.stream("a"), await files.root.stream("a")];
    const before = openDescriptors();

    expect(await failureOf(files.root.stream("a"))).toMatchObject({ code: "busy" });

    expect(openDescriptors()).toBe(before);
    await first?.cancel();
    expect(await new Response(await files.root.stream("a")).text()).toBe("x");
  });
});

test("a signal ends what it belongs to with its own reason", async () => {
  await using files = await testRoot({ prepare: (folder) => writeFileSync(join(folder, "a"), "x".repeat(200_000)) });
  const stop = new AbortController();
  const reason = Object.assign(new Error("enough"), { code: "ENOENT" });
  const reader = (await files.root.stream("a", { signal: stop.signal })).getReader();
  await reader.read();

  stop.abort(reason);

  expect(await failureOf(reader.read())).toBe(reason);
  expect(await failureOf(files.root.read("a", { signal: stop.signal }))).toBe(reason);
  expect(await failureOf(files.root.stat("a", { signal: stop.signal }))).toBe(reason);
});

test("pipes are refused without waiting, however many ask", async () => {
  await using files = await testRoot({ prepare: (folder) => void execFileSync("mkfifo", [join(folder, "pipe")]) });

  const failures = await Promise.all(Array.from({ length: 50 }, () => failureOf(files.root.read("pipe"))));

  expect(new Set(failures.map(({ reason }) => reason))).toEqual(new Set(["special"]));
});

test("what is there, and what it is, can be asked without opening it", async () => {
  await using files = await testRoot({ prepare: (folder) => writeFileSync(join(folder, "a"), "abc") });
  const { root } = files;

  expect(await root.stat("a")).toMatchObject({ path: "a", kind: "file", size: 3, etag: expect.any(String) as string });
  expect(await root.stat(".")).toMatchObject({ path: ".", kind: "directory", size: 0 });
  const answers = await Promise.all(["a", "b", "a/b", "."].map((path) => root.exists(path)));
  expect(answers).toEqual([true, false, false, true]);
  expect(await failureOf(root.exists("../a"))).toMatchObject({ code: "refused" });
  expect(await failureOf(root.stat("b"))).toMatchObject({ code: "not-found", refused: false });
});

test("a link is refused where it would be followed, also to be told of, and a list says that it is one", async () => {
  const prepare = (folder: string, outside: string): void => {
    writeFileSync(join(folder, "a"), "abc");
    symlinkSync("a", join(folder, "in"));
    symlinkSync(outside, join(folder, "out"));
    symlinkSync(join(outside, "none"), join(folder, "dangling"));
  };
  await using refusing = await testRoot({ prepare });
  await using following = await testRoot({ prepare, symlinks: "inside" });

  for (const path of ["in", "out", "dangling"]) {
    expect(await failureOf(refusing.root.stat(path))).toMatchObject({ reason: "symlink" });
    expect(await failureOf(refusing.root.exists(path))).toMatchObject({ reason: "symlink" });
  }
  expect(await following.root.stat("in")).toMatchObject({ path: "a", size: 3 });
  expect(await following.root.exists("in")).toBe(true);
  expect(await failureOf(following.root.exists("dangling"))).toMatchObject({ reason: "symlink" });
  const kinds = (await collect(refusing.root.list())).map(({ name, kind }) => `${name}: ${kind}`);
  expect(kinds.toSorted()).toEqual(["a: file", "dangling: symlink", "in: symlink", "out: symlink"]);
});

test("no descriptor is left open by thousands of requests, whatever comes of them", async () => {
  await using files = await testRoot({
    prepare(folder) {
      writeFileSync(join(folder, "a"), "abc");
      execFileSync("mkfifo", [join(folder, "pipe")]);
      execFileSync("ln", ["-s", "/etc", join(folder, "link")]);
      execFileSync("mkdir", ["-p", join(folder, "d/e/f")]);
      execFileSync("ln", [join(folder, "a"), join(folder, "d/hard")]);
    },
  });
  const { root } = files;
  const paths = [
    "a",
    "pipe",
    "link",
    "link/passwd",
    "d",
    "d/e/f",
    "d/e/../e/f",
    "a/b",
    "none",
    "d/none/x",
    "../x",
    "d/hard",
  ];
  const before = openDescriptors();

  const failures: unknown[] = [];

  for (let round = 0; round < 40; round += 1) {
    await Promise.all(
      paths.flatMap((path) =>
        [
          root.read(path),
          root.stat(path),
          root.exists(path),
          collect(root.list(path)),
          root.stream(path).then((stream) => stream.cancel()),
          root.subroot(path).then((sub) => sub.close()),
          root.move(path, `${path}/x`),
        ].map((request) => request.catch((error: unknown) => failures.push(error))),
      ),
    );
  }

  expect(openDescriptors()).toBe(before);
  expect(failures.length).toBeGreaterThan(2000);
  expect(failures.filter((failure) => !FileError.isInstance(failure))).toEqual([]);
});

function openDescriptors(): number {
  return readdirSync("/proc/self/fd").length;
}
