import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { FileError } from "./errors/file-error.ts";
import type { FileEvent } from "./file-event.ts";
import { collect, failureOf, testRoot, type TestRoot, type TestRootOptions } from "./fixtures/test-root.ts";

function prepared(options: TestRootOptions = {}): Promise<TestRoot> {
  return testRoot({
    ...options,
    prepare(folder, outside) {
      mkdirSync(join(folder, "tenant/docs"), { recursive: true });
      writeFileSync(join(folder, "shared"), "shared");
      writeFileSync(join(folder, "tenant/docs/a"), "a");
      symlinkSync("../shared", join(folder, "tenant/up"));
      symlinkSync("docs/a", join(folder, "tenant/in"));
      symlinkSync(join(folder, "tenant/docs"), join(folder, "tenant/absolute"));
      symlinkSync(join(folder, "shared"), join(folder, "tenant/above"));
      writeFileSync(join(outside, "secret"), "secret");
    },
  });
}

describe("a subroot", () => {
  test("is a root of its own that cannot be left", async () => {
    await using files = await prepared();
    await using sub = await files.root.subroot("tenant");

    expect(await sub.readText("docs/a")).toBe("a");
    expect((await collect(sub.walk("docs"))).map(({ path }) => path)).toEqual(["docs/a"]);
    for (const path of ["../shared", "docs/../../shared", "up", "above"]) {
      expect(await failureOf(sub.read(path))).toMatchObject({ code: "refused" });
    }
  });

  test("follows links only inside of itself", async () => {
    await using files = await prepared({ symlinks: "inside" });
    await using sub = await files.root.subroot("tenant");

    expect(await files.root.readText("tenant/up")).toBe("shared");
    expect(await sub.readText("in")).toBe("a");
    expect(await sub.readText("absolute/a")).toBe("a");
    expect(await failureOf(sub.read("up"))).toMatchObject({ reason: "symlink" });
    expect(await failureOf(sub.read("above"))).toMatchObject({ reason: "symlink" });
  });

  test("can be narrower than its root, and never wider", async () => {
    await using files = await prepared();
    await using reading = await files.root.subroot("tenant", { mode: "read-only" });

    expect(await failureOf(reading.write("x", "x"))).toMatchObject({ code: "read-only" });
    expect(await failureOf(reading.subroot("docs", { mode: "read-write" }))).toMatchObject({ code: "read-only" });
    expect((await reading.subroot("docs")).mode).toBe("read-only");
    await expect(files.root.subroot("tenant", { mode: "write" as "read-only" })).rejects.toThrow(
      'mode is "write"; use "read-only" or "read-write"',
    );
  });

  test("shares the quota, the rules and the closed paths", async () => {
    await using files = await prepared({ quota: { files: 9 }, deny: ["tenant/docs/k*", "**/.env"] });
    await using sub = await files.root.subroot("tenant");
    await sub.write("new", "x");

    expect(sub.usage()).toEqual(files.root.usage());
    expect(sub.usage().files).toBe(9);
    expect(await failureOf(files.root.write("another", "x"))).toMatchObject({ code: "quota" });
    expect(await failureOf(sub.read("docs/KEY"))).toMatchObject({ reason: "denied-name" });
    expect(await failureOf(sub.read(".env"))).toMatchObject({ reason: "denied-name" });
    expect(await failureOf(files.root.subroot("tenant/docs/k"))).toMatchObject({ reason: "denied-name" });
  });

  test("goes on when its root is closed, and the other way round", async () => {
    await using files = await prepared();
    const sub = await files.root.subroot("tenant");
    await files.root.close();

    expect(await sub.readText("docs/a")).toBe("a");
    await sub.close();
    expect(await failureOf(sub.read("docs/a"))).toMatchObject({ code: "closed" });
  });

  test("is a directory, and no link to one", async () => {
    await using files = await prepared();

    expect(await failureOf(files.root.subroot("shared"))).toMatchObject({ code: "not-a-directory" });
    expect(await failureOf(files.root.subroot("tenant/absolute"))).toMatchObject({ reason: "symlink" });
    expect(await failureOf(files.root.subroot("none"))).toMatchObject({ code: "not-found" });
  });
});

describe("closing", () => {
  test("waits for what is under way and refuses what comes later", async () => {
    await using files = await prepared();
    const writing = files.root.write("a", "x".repeat(1_000_000));
    await files.root.close();

    expect((await writing).size).toBe(1_000_000);
    const later = [files.root.read("a"), files.root.write("b", "x"), collect(files.root.list())].map(failureOf);
    for (const failure of await Promise.all(later)) expect(failure).toMatchObject({ code: "closed" });
    await files.root.close();
  });

  test("ends what is open, and leaves no descriptor", async () => {
    const before = readdirSync("/proc/self/fd").length;
    await using files = await prepared();
    const stream = await files.root.stream("shared");
    const walk = files.root.walk();
    await walk.next();

    await files.root.close();

    expect(readdirSync("/proc/self/fd")).toHaveLength(before);
    expect(await failureOf(new Response(stream).text())).toMatchObject({ code: "closed" });
  });
});

test("every change and every refusal is told, and nothing else", async () => {
  const events: FileEvent[] = [];
  await using files = await prepared({ onEvent: (event) => events.push(event) });
  const { root } = files;
  await using sub = await root.subroot("tenant");

  await root.readText("shared");
  await sub.write("x", "four");
  await sub.move("x", "y");
  await root.mkdir("d");
  await root.remove("d");
  await failureOf(root.read("none"));
  await failureOf(sub.read("../shared\u001b[2J"));
  await failureOf(sub.write("in", "x"));
  await failureOf(root.write("tenant/docs/big", "x".repeat(70_000_000)));

  expect(events).toEqual([
    { type: "change", operation: "write", path: "tenant/x", bytes: 4 },
    { type: "change", operation: "move", path: "tenant/x", to: "tenant/y" },
    { type: "change", operation: "mkdir", path: "d" },
    { type: "change", operation: "remove", path: "d" },
    { type: "refusal", operation: "read", path: "tenant/../shared\\u{1b}[2J", code: "refused", reason: "path" },
    { type: "refusal", operation: "write", path: "tenant/in", code: "refused", reason: "symlink" },
    { type: "refusal", operation: "write", path: "tenant/docs/big", code: "too-large" },
  ]);
});

test("an audit log that fails becomes a warning, and what was done stays done", async () => {
  const warned = new Promise<Error>((resolve) => process.once("warning", resolve));
  await using files = await prepared({
    onEvent() {
      throw new Error("disk full");
    },
  });

  await files.root.write("a", "x");

  expect((await warned).message).toContain("disk full");
  expect(await files.root.readText("a")).toBe("x");
});

test("an audit log that fails later becomes a warning too", async () => {
  const warned = new Promise<Error>((resolve) => process.once("warning", resolve));
  const send = async (): Promise<void> => {
    throw new Error("network down");
  };
  await using files = await prepared({ onEvent: send as () => void });

  await files.root.write("a", "x");

  expect((await warned).message).toContain("network down");
});

test("options that are not what they should be are refused before anything happens", async () => {
  await using files = await prepared();
  // As a hurried caller passes on what a client sent.
  const root = files.root as unknown as Record<string, (...given: unknown[]) => Promise<unknown>>;
  const call = (name: string, ...given: unknown[]): Promise<unknown> => (async () => root[name]?.(...given))();

  for (const [name, ...given] of [
    ["remove", "tenant", { recursive: "false" }],
    ["move", "shared", "tenant/docs/a", { overwrite: "false" }],
    ["list", ".", { details: 1 }],
    ["read", "shared", { signal: new AbortController() }],
    ["read", "shared", new AbortController().signal],
    ["search", "a", null],
    ["search", "a", { bytes: "9" }],
    ["search", "a", { maximum: 1 }],
  ] as const) {
    expect(await failureOf(call(name, ...given))).toBeInstanceOf(TypeError);
  }

  expect(await files.root.readText("tenant/docs/a")).toBe("a");
});

test("no error shows where the root is", async () => {
  await using files = await prepared({ limits: { writeBytes: 100 } });
  const { root } = files;
  const failures = await Promise.all(
    [
      root.read("none"),
      root.read("tenant"),
      root.read("tenant/up"),
      root.read("shared/x"),
      root.read("../x"),
      root.write("tenant", "x"),
      root.write("none/x", "x"),
      root.write("shared", "x".repeat(200)),
      root.write("shared", "x", { ifNoneMatch: "*" }),
      root.write("shared", "x", { ifMatch: "other" }),
      root.mkdir("tenant"),
      root.move("tenant", "tenant/docs/x"),
      root.move("shared", "tenant/docs"),
      root.remove("tenant"),
      root.remove("."),
      root.subroot("shared"),
      collect(root.list("shared")),
      collect(root.glob("/x")),
    ].map((failed) => failureOf(failed)),
  );

  for (const failure of failures) {
    expect(FileError.isInstance(failure)).toBe(true);
    const shown = [
      inspect(failure, { showHidden: true, depth: 9 }),
      JSON.stringify(failure),
      failure.stack,
      failure.cause,
    ];
    expect(shown.join("\n")).not.toContain(files.folder);
    expect(shown.join("\n")).not.toContain("/proc/self");
    expect(failure.message).toMatch(/^"/);
  }
});

test("a root that was closed by somebody else's mistake is noticed instead of used", async () => {
  await using files = await prepared();
  const ours = readdirSync("/proc/self/fd").find((name) => {
    try {
      return readlinkSync(`/proc/self/fd/${name}`) === files.folder;
    } catch {
      return false;
    }
  });
  closeSync(Number(ours));
  const theirs = openSync(files.outside, "r");

  const failure = await failureOf(files.root.read("secret"));

  expect(theirs).toBe(Number(ours));
  expect(failure).toMatchObject({ code: "refused", reason: "changed" });
  expect(existsSync(join(files.outside, "secret"))).toBe(true);
});
