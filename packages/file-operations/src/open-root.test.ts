import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, realpathSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { canMount } from "./fixtures/can-mount.ts";
import { collect, failureOf, testRoot } from "./fixtures/test-root.ts";
import { openRoot, type OpenRootOptions } from "./open-root.ts";

test.runIf(process.platform === "linux")("on Linux a root is race-free", async () => {
  await using files = await testRoot();

  expect(files.root.guarantee).toBe("race-free");
  expect(files.root.mode).toBe("read-write");
});

test("links on the way to the root are the operator's, and followed", async () => {
  await using files = await testRoot({
    prepare(folder, outside) {
      writeFileSync(join(folder, "a"), "x");
      symlinkSync(folder, join(outside, "link"));
    },
  });
  await using root = await openRoot(join(files.outside, "link"), { symlinks: "inside" });

  expect(await root.readText("a")).toBe("x");
});

test("what cannot be a root is said without its path", async () => {
  await using files = await testRoot({ prepare: (folder) => writeFileSync(join(folder, "file"), "x") });

  for (const [name, code] of [
    ["none", "not-found"],
    ["file", "not-a-directory"],
    ["file/x", "not-a-directory"],
  ] as const) {
    const failure = await failureOf(openRoot(join(files.folder, name)));
    expect(failure).toMatchObject({ code });
    expect(`${failure.message}${JSON.stringify(failure)}`).not.toContain(files.folder);
  }
  await expect(openRoot("")).rejects.toThrow(TypeError);
});

test.each([
  [{ mode: "write" }, 'mode is "write"; use "read-only" or "read-write"'],
  [{ symlinks: "follow" }, 'symlinks is "follow"; use "refuse" or "inside"'],
  [{ hardLinks: true }, 'hardLinks is true; use "refuse" or "allow"'],
  [{ unicode: "nfd" }, 'unicode is "nfd"; use "refuse" or "nfc"'],
  [{ accept: "anything" }, 'accept is "anything"; use "race-free" or "best-effort"'],
  [{ readOnly: true }, 'The option "readOnly" does not exist; use mode, accept'],
  [{ limits: { depth: 0 } }, "limits.depth is 0; it must be a positive whole number"],
  [{ limits: null }, "limits is null; give an object of numbers"],
  [{ deny: ["../x"] }, '"../x" must be relative to the root'],
  [{ deny: ".git" }, 'deny is ".git"; give an array of patterns'],
  [{ onEvent: "log" }, 'onEvent is "log"; give a function'],
])("%j is refused when the root is opened", async (options, message) => {
  await using files = await testRoot();

  const failure = await failureOf(openRoot(files.folder, options as OpenRootOptions));

  expect(failure.message).toContain(message);
});

test("opening leaves no descriptor behind when it fails", async () => {
  await using files = await testRoot();
  const before = readdirSync("/proc/self/fd").length;

  await failureOf(openRoot(files.folder, { deny: ["/"] }));
  await failureOf(openRoot(join(files.folder, "none")));

  expect(readdirSync("/proc/self/fd")).toHaveLength(before);
});

test("temporary files of the dead are swept, and nobody else's", async () => {
  const names = {
    dead: ".plinth-tmp-00000000-zzzz-0123456789abcdef",
    recent: ".plinth-tmp-11111111-1-0123456789abcdef",
    other: ".plinth-tmp-not-ours",
  };
  await using files = await testRoot({
    mode: "read-only",
    prepare(folder) {
      mkdirSync(join(folder, "deep"));
      for (const name of Object.values(names)) writeFileSync(join(folder, "deep", name), "x");
      utimesSync(join(folder, "deep", names.dead), 0, 0);
      utimesSync(join(folder, "deep", names.other), 0, 0);
    },
  });
  expect(readdirSync(join(files.folder, "deep"))).toHaveLength(3);

  await using root = await openRoot(files.folder);

  expect(readdirSync(join(files.folder, "deep")).toSorted()).toEqual([names.recent, names.other].toSorted());
  expect(await collect(root.list("deep"))).toEqual([]);
  expect(await failureOf(root.read(`deep/${names.other}`))).toMatchObject({ reason: "path" });
  expect(realpathSync(files.folder)).toBe(files.folder);
});

test.skipIf(!canMount())("what is mounted in the root is neither counted nor swept", async () => {
  await using files = await testRoot({ mode: "read-only", prepare: (folder) => mkdirSync(join(folder, "mounted")) });
  const script = `mount -t tmpfs none "$2/mounted" && cd "$2/mounted" && mkdir sub && echo x > sub/file
    touch -d @0 .plinth-tmp-00000000-zzzz-0123456789abcdef
    "$0" --conditions=@plinth/source "$1" "$2" && ls -A . | tr '\\n' ' '`;
  const child = join(import.meta.dirname, "fixtures/count-files.ts");

  const answer = execFileSync("unshare", ["-m", "sh", "-c", script, process.execPath, child, files.folder], {
    encoding: "utf8",
  });

  expect(answer).toBe("1.plinth-tmp-00000000-zzzz-0123456789abcdef sub ");
});
