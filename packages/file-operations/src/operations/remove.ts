import { rmdir, unlink } from "node:fs/promises";
import { locate } from "../directories/locate.ts";
import { type EntryKind, kindOf, pathIn, type Place } from "../directories/place.ts";
import { DirectoryReader } from "../directories/read-entries.ts";
import { FileError } from "../errors/file-error.ts";
import { systemErrorCode } from "../errors/from-system-error.ts";
import { printablePath } from "../errors/printable-path.ts";
import { refusal } from "../errors/refusal.ts";
import { notFound } from "../errors/state-errors.ts";
import { lockKey } from "../limits/path-locks.ts";
import { countedBytes } from "../limits/quota.ts";
import type { ParsedPath } from "../paths/parse-path.ts";
import type { RootContext } from "../root-context.ts";
import { isOwnTemporary } from "../writing/temporary-name.ts";

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
    if (found === undefined) throw notFound(path.text);
    const kind = kindOf(found.stats);
    if (options.recursive && kind === "directory") {
      // Looked at first: a refusal half way would leave half of it.
      await new Removal(context, path, options).assertAllowed(found, names);
    }
    await new Removal(context, path, options).entry({ directory: parent, name: names.at(-1) ?? "", names, kind });
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
  /** What it was when it was last looked at. */
  readonly kind: EntryKind;
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

  /** @throws FileError for a directory that holds too much, or something that a rule keeps there */
  async assertAllowed(found: Place, names: readonly string[]): Promise<void> {
    await this.#forEachIn(found, names, async (target) => {
      this.#assertMayGo(target);
      if (target.kind !== "directory") return;
      const inner = await this.#find(target);
      try {
        if (inner.stats.isDirectory()) await this.assertAllowed(inner, target.names);
      } finally {
        inner.close();
      }
    });
  }

  async entry(target: Target): Promise<void> {
    this.#assertMayGo(target);
    if (target.kind !== "directory" || !this.#options.recursive) return this.#removeOne(target);
    for (;;) {
      const before = this.#seen;
      await this.#empty(target);
      try {
        return await this.#removeOne(target);
      } catch (error) {
        // Again while there was something: some file systems leave entries out while others are being removed.
        if (systemErrorCode(error) !== "ENOTEMPTY" || this.#seen === before) throw error;
      }
    }
  }

  async #empty(target: Target): Promise<void> {
    const found = await this.#find(target);
    try {
      if (found.stats.isDirectory()) await this.#forEachIn(found, target.names, (inner) => this.entry(inner));
    } finally {
      found.close();
    }
  }

  /** Under the lock of this name alone: who waits for a lock while holding another one may wait for ever. */
  async #removeOne(target: Target): Promise<void> {
    const { directory, name } = target;
    await this.#context.locks.run([lockKey(directory, String(name))], async () => {
      const found = await this.#find(target);
      try {
        await directory.confirm();
        await (found.stats.isDirectory() ? rmdir : unlink)(pathIn(directory, name));
        // Who is writing a file there has reserved it, and will find it gone and give that back.
        if (isOwnTemporary(String(name))) return;
        this.#context.quota.add({ files: -1, bytes: found.stats.isFile() ? -countedBytes(found.stats) : 0 });
      } finally {
        found.close();
      }
    });
  }

  /** Whatever has gone meanwhile is passed over. */
  async #forEachIn(directory: Place, names: readonly string[], step: (target: Target) => Promise<void>): Promise<void> {
    if (names.length > this.#context.limits.depth) throw this.#tooMuch(`directories below ${names.length} others`);
    const reader = await DirectoryReader.openRaw(directory);
    try {
      for (let entry = await reader.next(); entry !== undefined; entry = await reader.next()) {
        try {
          await step({ directory, name: entry.name, names: [...names, entry.name.toString()], kind: entry.kind });
        } catch (error) {
          if (systemErrorCode(error) !== "ENOENT") throw error;
        }
      }
    } finally {
      await reader.close();
    }
  }

  async #find({ directory, name }: Target): Promise<Place> {
    const { tree } = this.#context;
    const found = await tree.backend.find(directory, name);
    if (found.stats.dev === tree.root.stats.dev) return found;
    found.close();
    throw refusal("mount", this.#path.text, "is on another file system");
  }

  #assertMayGo({ names }: Target): void {
    const { tree, limits } = this.#context;
    this.#options.signal?.throwIfAborted();
    this.#seen += 1;
    if (this.#seen > limits.entries) throw this.#tooMuch(`more than ${limits.entries} entries`);
    if (tree.deny.denies([...tree.prefix, ...names])) {
      throw refusal("denied-name", this.#path.text, "holds something that is closed by the options of the root");
    }
  }

  #tooMuch(what: string): FileError {
    const explanation = `"${printablePath(this.#path.text)}" has ${what}; remove what is in it first`;
    return new FileError("limit", explanation, { path: this.#path.text });
  }
}
