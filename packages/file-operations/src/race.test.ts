import { execFileSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { mkdir, readFile, realpath, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { FileError } from "./errors/file-error.ts";
import type { FileRoot } from "./file-root.ts";
import { compileAttacker, startAttacker } from "./fixtures/attacker.ts";
import { collect, testRoot } from "./fixtures/test-root.ts";

/** For each race. `PLINTH_RACE_SECONDS=30` is the long form. */
const seconds = Number(process.env.PLINTH_RACE_SECONDS ?? 0.3);

const secret = "SECRET-OF-THE-OUTSIDE";
const marker = "outside-marker";
const program = compileAttacker();
afterAll(() => {
  if (program !== undefined) rmSync(dirname(program), { recursive: true });
});

/** What is raced against the attacker; `round` counts up. Gives what a caller would see. */
type Operation = (root: FileRoot, round: number) => Promise<unknown>;

/** `p/a` is exchanged with a link to a directory outside that has the same names in it. */
const inExchangedDirectory: Readonly<Record<string, Operation>> = {
  read: async (root) => (await root.read("p/a/f.txt")).toString(),
  stat: async (root) => (await root.stat("p/a/f.txt")).size === secret.length && secret,
  stream: async (root) => await new Response(await root.stream("p/a/f.txt")).text(),
  list: async (root) => collect(root.list("p/a", { details: true })),
  walk: async (root) => collect(root.walk("p")),
  glob: async (root) => collect(root.glob("p/{a,l}/**")),
  search: async (root) => collect(root.search("SECRET", { path: "p" })),
  exists: async (root) => (await root.exists(`p/a/${marker}`)) && secret,
  subroot: async (root) => {
    await using sub = await root.subroot("p/a");
    return await sub.readText("f.txt");
  },
  write: async (root, round) => root.write(`p/a/new${round % 7}`, "mine"),
  "write, create only": async (root, round) => {
    await root.write(`p/a/once${round}`, "mine", { ifNoneMatch: "*" });
    await root.remove(`p/a/once${round}`);
  },
  append: async (root, round) => root.append(`p/a/log${round % 7}`, "mine"),
  mkdir: async (root, round) => root.mkdir(`p/a/dir${round}/deeper`, { recursive: true }),
  remove: async (root) => {
    await root.write("p/a/victim", "mine");
    await root.remove("p/a/victim");
  },
  "remove, recursive": async (root) => {
    await root.mkdir("p/a/tree/branch", { recursive: true });
    await root.write("p/a/tree/branch/leaf", "mine");
    await root.remove("p/a/tree", { recursive: true });
  },
  "remove all of it": async (root) => {
    await root.mkdir("p/a/tree", { recursive: true });
    await root.remove("p", { recursive: true });
  },
  "move out of it": async (root, round) => {
    await root.write("p/a/f.txt", "inside");
    await root.move("p/a/f.txt", `kept/f${round}`);
  },
  "move into it": async (root, round) => {
    await root.write(`kept/m${round}`, "mine");
    await root.move(`kept/m${round}`, `p/a/m${round}`);
  },
  "move and replace": async (root, round) => {
    await root.write(`kept/m${round}`, "mine");
    await root.move(`kept/m${round}`, "p/a/victim", { overwrite: true });
  },
  "move the directory": async (root, round) => {
    await root.move("p/a", `kept/d${round}`);
  },
  "copy out of it": async (root, round) => root.copy("p/a/f.txt", `kept/c${round % 7}`, { overwrite: true }),
  "copy into it": async (root, round) => root.copy("kept/s.txt", `p/a/c${round % 7}`, { overwrite: true }),
};

/** `p/a/f.txt` itself is exchanged with a link to a file outside. */
const onExchangedFile: Readonly<Record<string, Operation>> = {
  read: async (root) => (await root.read("p/a/f.txt")).toString(),
  write: async (root) => root.write("p/a/f.txt", "mine"),
  append: async (root) => root.append("p/a/f.txt", "mine"),
  copy: async (root, round) => root.copy("p/a/f.txt", `kept/c${round % 7}`, { overwrite: true }),
  move: async (root, round) => root.move("p/a/f.txt", `kept/f${round}`),
  "move onto it": async (root, round) => {
    await root.write(`kept/m${round}`, "mine");
    await root.move(`kept/m${round}`, "p/a/f.txt", { overwrite: true });
  },
  remove: async (root) => {
    await root.write("p/a/f.txt", "mine");
    await root.remove("p/a/f.txt");
  },
};

/** How those do it who check the path and then use it. Shows that the attacker is at work. */
const naive: Readonly<Record<string, (folder: string, round: number) => Promise<unknown>>> = {
  read: async (folder) => readFile(await checked(folder, join(folder, "p/a/f.txt")), "utf8"),
  write: async (folder, round) => {
    const directory = await checked(folder, join(folder, "p/a"));
    await writeFile(join(directory, `new${round}`), "mine");
  },
  mkdir: async (folder, round) => mkdir(join(await checked(folder, join(folder, "p/a")), `dir${round}`)),
};

async function checked(folder: string, path: string): Promise<string> {
  const real = await realpath(path);
  if (!real.startsWith(`${folder}/`)) throw new Error("outside");
  // The reference server opens the path that it asked for.
  return path;
}

function fill(folder: string, outside: string): void {
  for (const [at, text] of [
    [join(folder, "p/a"), "inside"],
    [outside, secret],
  ] as const) {
    mkdirSync(join(at, "tree/branch"), { recursive: true });
    for (const name of [
      "f.txt",
      "victim",
      "tree/branch/leaf",
      ...Array.from({ length: 7 }, (_, index) => `log${index}`),
    ]) {
      writeFileSync(join(at, name), text);
    }
  }
  mkdirSync(join(folder, "p/a/branch"));
  writeFileSync(join(folder, "p/f.txt"), "inside");
  writeFileSync(join(outside, marker), secret);
  mkdirSync(join(folder, "kept"));
  writeFileSync(join(folder, "kept/s.txt"), "mine");
}

/** Everything below a folder, links not followed. Node's own recursive listing follows them. */
function contentOf(folder: string): string {
  const content = readdirSync(folder, { withFileTypes: true }).map((entry) => {
    const path = join(folder, entry.name);
    const { mode, ino } = lstatSync(path);
    const inside = entry.isDirectory() ? contentOf(path) : entry.isFile() ? readFileSync(path, "utf8") : "";
    return [entry.name, mode, ino, inside];
  });
  return JSON.stringify(content.toSorted(([one], [other]) => String(one).localeCompare(String(other))));
}

interface Outcome {
  done: number;
  refused: number;
  otherwise: number;
  escapes: number;
  exchanges: number;
}

/**
 * What is exchanged: a directory with a link, a file with a link, a file with a pipe, or a directory with one that stands
 * outside, so that it is moved out of the root while something is on its way through it.
 */
type Exchange = "directory" | "file" | "pipe" | "moved";

interface Race {
  readonly kind: Exchange;
  readonly symlinks?: "inside";
  readonly operation?: Operation | undefined;
  readonly naive?: (folder: string, round: number) => Promise<unknown>;
}

async function race({ kind, symlinks, operation, naive }: Race): Promise<Outcome> {
  await using files = await testRoot({ prepare: fill, ...(symlinks === undefined ? {} : { symlinks }) });
  const { root, folder, outside } = files;
  const { one, other } = exchanged(kind, folder, outside);
  makeOther(kind, other, outside);
  const before = contentOf(outside);
  const attacker = await startAttacker(program ?? "", [one, other]);
  const outcome: Outcome = { done: 0, refused: 0, otherwise: 0, escapes: 0, exchanges: 0 };
  const ends = performance.now() + seconds * 1000;
  // On a busy machine a turn may take long; one that shows nothing at all proves nothing.
  const goesOn = (): boolean => {
    const shows = naive === undefined ? outcome.done > 0 : outcome.escapes > 0;
    return performance.now() < (shows ? ends : ends + 15_000);
  };
  let round = 0;
  const work = async (): Promise<void> => {
    while (goesOn()) {
      round += 1;
      try {
        const seen = JSON.stringify((await (operation?.(root, round) ?? naive?.(folder, round))) ?? "");
        outcome.done += 1;
        if (seen.includes(secret) || seen.includes(marker)) outcome.escapes += 1;
      } catch (error) {
        if (FileError.isInstance(error) && error.refused) outcome.refused += 1;
        else outcome.otherwise += 1;
        if (operation !== undefined && !FileError.isInstance(error)) throw error;
      }
      if (naive !== undefined && round % 20 === 0 && contentOf(outside) !== before) outcome.escapes += 1;
      // Some operations take away what the attacker needs.
      if (!existsSync(join(folder, "p"))) mkdirSync(join(folder, "p"));
      if (lstatSync(one, { throwIfNoEntry: false }) === undefined) restore(kind, one);
      if (lstatSync(other, { throwIfNoEntry: false }) === undefined) makeOther(kind, other, outside);
    }
  };
  await Promise.all([work(), work(), work()]);
  outcome.exchanges = await attacker.stop();
  // Where the attacker itself carries something in and out, only what a caller saw counts.
  if (kind === "moved") return outcome;
  if (contentOf(outside) !== before) outcome.escapes += 1;
  if (contentOf(folder).includes(secret)) outcome.escapes += 1;
  return outcome;
}

function exchanged(kind: Exchange, folder: string, outside: string): { one: string; other: string } {
  if (kind === "moved") return { one: join(folder, "p/a"), other: join(outside, "tree") };
  if (kind === "directory") return { one: join(folder, "p/a"), other: join(folder, "p/l") };
  return { one: join(folder, "p/a/f.txt"), other: join(folder, "p/a/l") };
}

function makeOther(kind: Exchange, other: string, outside: string): void {
  if (kind === "directory") symlinkSync(outside, other);
  if (kind === "file") symlinkSync(join(outside, "f.txt"), other);
  if (kind === "pipe") execFileSync("mkfifo", [other]);
}

function restore(kind: Exchange, path: string): void {
  try {
    if (kind !== "directory") return writeFileSync(path, "inside", { flag: "wx" });
    mkdirSync(path);
    return writeFileSync(join(path, "f.txt"), "inside", { flag: "wx" });
  } catch {
    // The attacker was faster.
    return undefined;
  }
}

function report(name: string, outcome: Outcome): void {
  if (process.env.PLINTH_RACE_SECONDS !== undefined) process.stdout.write(`${name} ${JSON.stringify(outcome)}\n`);
}

const timeout = 30_000 + seconds * 2000;

describe.skipIf(program === undefined)("while another process exchanges names for links to the outside", () => {
  test.each(Object.entries(naive))(
    "the naive way to %s escapes, so the attacker works",
    { timeout },
    async (name, way) => {
      const outcome = await race({ kind: "directory", naive: way });

      report(`naive ${name}`, outcome);
      expect(outcome.escapes).toBeGreaterThan(0);
    },
  );

  test.each(Object.entries(inExchangedDirectory))(
    "%s in the directory never leads out",
    { timeout },
    async (name, operation) => {
      const outcome = await race({ kind: "directory", operation });

      report(`directory: ${name}`, outcome);
      expect(outcome.escapes).toBe(0);
      expect(outcome.exchanges).toBeGreaterThan(0);
      expect(outcome.done).toBeGreaterThan(0);
    },
  );

  test.each(Object.entries(onExchangedFile))("%s of the file never leads out", { timeout }, async (name, operation) => {
    const outcome = await race({ kind: "file", operation });

    report(`file: ${name}`, outcome);
    expect(outcome.escapes).toBe(0);
    expect(outcome.exchanges).toBeGreaterThan(0);
    expect(outcome.done).toBeGreaterThan(0);
  });

  test.each(Object.entries(onExchangedFile))(
    "%s of the file never waits for a pipe",
    { timeout },
    async (name, operation) => {
      const outcome = await race({ kind: "pipe", operation });

      report(`pipe: ${name}`, outcome);
      expect(outcome.exchanges).toBeGreaterThan(0);
      expect(outcome.done).toBeGreaterThan(0);
    },
  );

  test("a path through a directory that is moved out does not climb on from there", { timeout }, async () => {
    const climb: Operation = async (root) => (await root.read("p/a/branch/../../f.txt")).toString();

    const outcome = await race({ kind: "moved", operation: climb });

    report("moved out: read", outcome);
    expect(outcome.escapes).toBe(0);
    expect(outcome.exchanges).toBeGreaterThan(0);
    expect(outcome.done).toBeGreaterThan(0);
  });

  test.each(["read", "write", "list"])(
    "%s never leads out either when links inside are followed",
    { timeout },
    async (name) => {
      const outcome = await race({ kind: "directory", symlinks: "inside", operation: inExchangedDirectory[name] });

      report(`following links: ${name}`, outcome);
      expect(outcome.escapes).toBe(0);
      expect(outcome.done).toBeGreaterThan(0);
    },
  );
});
