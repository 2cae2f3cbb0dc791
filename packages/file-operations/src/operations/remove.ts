import { rmdir, unlink } from "node:fs/promises";
import { locate } from "../directories/locate.ts";
import { kindOf, pathIn, type Place } from "../directories/place.ts";
import { DirectoryReader } from "../directories/read-entries.ts";
import { FileError } from "../errors/file-error.ts";
import { systemErrorCode } from "../errors/from-system-error.ts";
import { printablePath } from "../errors/printable-path.ts";
import { refusal } from "../errors/refusal.ts";
import { lockKey } from "../limits/path-locks.ts";
import { countedBytes } from "../limits/quota.ts";
import type { ParsedPath } from "../paths/parse-path.ts";
import type { RootContext } from "../root-context.ts";
import { notFound } from "./open-file.ts";

/** Options for {@link removePath}. */
export interface RemoveOptions {
  /** Whether a directory is removed with all that is in it. */
  readonly recursive: boolean;
  readonly signal: AbortSignal | undefined;
}

/** Removes a file, a directory, or a link itself; never what a link leads to. */
export async function removePath(context: RootContext, path: ParsedPath, options: RemoveOptions): Promise<void> {
  const { parent, found, names, close } = await locate(context.tree, path, { followLast: false });
  try {
    if (parent === undefined) throw refusal("root", path.text, "is the root itself, which has to stay");
    if (found === undefined) throw notFound(path);
    const name = names.at(-1) ?? "";
    const removal = new Removal(context, path, options);
    await context.locks.run([lockKey(parent, name)], () => removal.entry({ directory: parent, name, names }));
  } finally {
    close();
  }
}

interface Target {
  readonly directory: Place;
  /** As bytes below the first, since names that are not UTF-8 have to go too. */
  readonly name: string | Buffer;
  /** From the root on. */
  readonly names: readonly string[];
}

class Removal {
  readonly #context: RootContext;
  readonly #path: ParsedPath;
  readonly #options: RemoveOptions;
  #seen = 0;

  constructor(context: RootContext, path: ParsedPath, options: RemoveOptions) {
    this.#context = context;
    this.#path = path;
    this.#options = options;
  }

  async entry({ directory, name, names }: Target): Promise<void> {
    const { tree, limits, quota } = this.#context;
    this.#options.signal?.throwIfAborted();
    this.#seen += 1;
    if (this.#seen > limits.entries) throw this.#tooMuch(`more than ${limits.entries} entries`);
    if (tree.deny.denies([...tree.prefix, ...names])) {
      throw refusal("denied-name", this.#path.text, "holds something that is closed by the options of the root");
    }
    const found = await tree.backend.find(directory, name);
    try {
      if (found.stats.dev !== tree.root.stats.dev) throw refusal("mount", this.#path.text, "is on another file system");
      await directory.confirm();
      if (kindOf(found.stats) !== "directory") {
        await unlink(pathIn(directory, name));
        quota.add({ files: -1, bytes: found.stats.isFile() ? -countedBytes(found.stats) : 0 });
        return;
      }
      if (this.#options.recursive) await this.#emptyAndRemove({ directory, name, names }, found);
      else await rmdir(pathIn(directory, name));
      quota.add({ files: -1, bytes: 0 });
    } finally {
      found.close();
    }
  }

  /** Again and again while there is something: some file systems leave entries out while others are being removed. */
  async #emptyAndRemove({ directory, name, names }: Target, found: Place): Promise<void> {
    if (names.length > this.#context.limits.depth) throw this.#tooMuch(`directories below ${names.length} others`);
    for (;;) {
      const before = this.#seen;
      await this.#removeContent(found, names);
      try {
        await rmdir(pathIn(directory, name));
        return;
      } catch (error) {
        if (systemErrorCode(error) !== "ENOTEMPTY" || this.#seen === before) throw error;
      }
    }
  }

  async #removeContent(found: Place, names: readonly string[]): Promise<void> {
    const reader = await DirectoryReader.openRaw(found);
    try {
      for (let entry = await reader.next(); entry !== undefined; entry = await reader.next()) {
        const target = { directory: found, name: entry.name, names: [...names, entry.name.toString()] };
        try {
          await this.entry(target);
        } catch (error) {
          // Somebody else has removed it.
          if (systemErrorCode(error) !== "ENOENT") throw error;
        }
      }
    } finally {
      await reader.close();
    }
  }

  #tooMuch(what: string): FileError {
    const explanation = `"${printablePath(this.#path.text)}" has ${what}; what was removed until now stays removed`;
    return new FileError("limit", explanation, { path: this.#path.text });
  }
}
