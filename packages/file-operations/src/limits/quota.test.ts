import { mkdirSync, readdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { failureOf, testRoot } from "../fixtures/test-root.ts";
import { openRoot } from "../open-root.ts";

test("what is there counts when the root is opened: files, directories, and bytes by size or blocks", async () => {
  await using files = await testRoot({
    prepare(folder) {
      mkdirSync(join(folder, "dir"));
      writeFileSync(join(folder, "dir/small"), "x");
      writeFileSync(join(folder, "sparse"), "");
      truncateSync(join(folder, "sparse"), 1_000_000);
    },
  });

  expect(files.root.usage()).toEqual({ files: 3, bytes: 1_004_096 });
});

test("a write that does not fit is refused before anything is written", async () => {
  await using files = await testRoot({ quota: { bytes: 8192, files: 2 } });
  const { root } = files;
  await root.write("a", "x".repeat(5000));

  expect(await failureOf(root.write("b", "x"))).toMatchObject({ code: "quota", refused: true });
  expect(await failureOf(root.append("a", "x".repeat(5000)))).toMatchObject({ code: "quota" });
  await root.write("a", "x".repeat(8192));
  await root.write("a", "x");
  await root.mkdir("d");
  expect(await failureOf(root.write("c", ""))).toMatchObject({ code: "quota" });
  expect(await failureOf(root.mkdir("e"))).toMatchObject({ code: "quota" });
  expect(await failureOf(root.copy("a", "c"))).toMatchObject({ code: "quota" });
  await root.remove("d");
  await root.copy("a", "c");
  expect(root.usage()).toEqual({ files: 2, bytes: 8192 });
  expect(readdirSync(files.folder)).toEqual(["a", "c"]);
});

test("a stream is stopped where it would exceed the quota, and leaves nothing", async () => {
  await using files = await testRoot({ quota: { bytes: 100_000 } });
  let given = 0;
  async function* endless(): AsyncGenerator<string> {
    for (;;) {
      given += 10_000;
      yield "x".repeat(10_000);
    }
  }

  expect(await failureOf(files.root.write("a", endless()))).toMatchObject({ code: "quota" });

  expect(given).toBe(100_000);
  expect(files.root.usage()).toEqual({ files: 0, bytes: 0 });
  expect(readdirSync(files.folder)).toEqual([]);
});

test("writers at the same time share one count", async () => {
  await using files = await testRoot({ quota: { bytes: 4096 * 10, files: 15 } });

  const results = await Promise.allSettled(
    Array.from({ length: 40 }, (_, index) => files.root.write(`f${index}`, "x".repeat(4096))),
  );

  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(10);
  expect(readdirSync(files.folder)).toHaveLength(10);
  expect(files.root.usage()).toEqual({ files: 10, bytes: 40_960 });
});

test("a root that is over its quota can still be read and emptied", async () => {
  await using files = await testRoot({
    quota: { files: 1, bytes: 10 },
    prepare(folder) {
      for (const name of ["a", "b"]) writeFileSync(join(folder, name), "x".repeat(100));
    },
  });
  const { root } = files;

  expect(await root.readText("a")).toHaveLength(100);
  await root.move("b", "c");
  await root.write("a", "shorter");
  await root.remove("a");
  await root.remove("c");
  expect(root.usage()).toEqual({ files: 0, bytes: 0 });
});

test("a file that is being written in a directory that is removed counts once", async () => {
  await using files = await testRoot();
  const { root } = files;
  await root.mkdir("d");
  await root.write("kept", "x");
  const before = root.usage();
  const [begun, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  async function* content(): AsyncGenerator<string> {
    yield "half";
    begun.resolve();
    await goOn.promise;
  }
  const writing = failureOf(root.write("d/a", content()));
  await begun.promise;

  await root.remove("d", { recursive: true });
  goOn.resolve();

  expect(await writing).toMatchObject({ code: "not-found" });
  expect(root.usage()).toEqual({ files: before.files - 1, bytes: before.bytes });
});

test("whatever is done, the count is what a new count finds", async () => {
  const name = fc.constantFrom("a", "b", "d", "d/a", "d/b");
  const step = fc.oneof(
    fc.record({ kind: fc.constant("write" as const), name, size: fc.nat(20_000) }),
    fc.record({ kind: fc.constant("append" as const), name, size: fc.nat(9000) }),
    fc.record({ kind: fc.constant("mkdir" as const), name, size: fc.constant(0) }),
    fc.record({ kind: fc.constant("remove" as const), name, size: fc.constant(0) }),
    fc.record({ kind: fc.constant("move" as const), name, to: name, size: fc.constant(0) }),
    fc.record({ kind: fc.constant("copy" as const), name, to: name, size: fc.constant(0) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), fc.boolean(), async (steps, atOnce) => {
      await using files = await testRoot({ quota: { files: 5, bytes: 50_000 } });
      const { root } = files;
      const take = async (one: (typeof steps)[number]): Promise<void> => {
        const running = {
          write: () => root.write(one.name, "x".repeat(one.size)),
          append: () => root.append(one.name, "x".repeat(one.size)),
          mkdir: () => root.mkdir(one.name),
          remove: () => root.remove(one.name, { recursive: true }),
          move: () => root.move(one.name, "to" in one ? one.to : "", { overwrite: true }),
          copy: () => root.copy(one.name, "to" in one ? one.to : "", { overwrite: true }),
        }[one.kind]();
        await running.catch(() => undefined);
      };
      if (atOnce) await Promise.all(steps.map(take));
      else for (const one of steps) await take(one);
      await using again = await openRoot(files.folder);
      expect(root.usage()).toEqual(again.usage());
    }),
    { numRuns: 60 },
  );
});
