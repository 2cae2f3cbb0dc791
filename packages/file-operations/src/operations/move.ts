import { link, lstat, rename, unlink } from "node:fs/promises";
import { locate, type Located } from "../directories/locate.ts";
import { isSameFile, kindOf, type Place } from "../directories/place.ts";
import { synchronizeDirectory } from "../directories/synchronize-directory.ts";
import { systemErrorCode } from "../errors/from-system-error.ts";
import { refusal } from "../errors/refusal.ts";
import { alreadyThere, notFound } from "../errors/state-errors.ts";
import { lockKey } from "../limits/path-locks.ts";
import { countedBytes } from "../limits/quota.ts";
import type { ParsedPath } from "../paths/parse-path.ts";
import type { RootContext } from "../root-context.ts";
import { findSettled } from "./find-settled.ts";
import { assertFile, assertNoHardLink } from "./open-file.ts";

/** Options for {@link movePath}. */
export interface MoveOptions {
  readonly to: ParsedPath;
  /** Whether a file may take the place of another. A directory never does. */
  readonly overwrite: boolean;
}

/** Gives a file or directory another name, within one file system and so in one step. */
export async function movePath(context: RootContext, from: ParsedPath, { to, overwrite }: MoveOptions): Promise<void> {
  const source = await locate(context.tree, from, { followLast: false });
  try {
    const target = await locate(context.tree, to, { followLast: false });
    try {
      const move = new Move({ context, from, to, overwrite }, end(source, from), end(target, to));
      await context.locks.run(move.lockKeys, () => move.run());
    } finally {
      target.close();
    }
  } finally {
    source.close();
  }
}

/** One end of a move: a name in a directory. */
interface End {
  readonly path: ParsedPath;
  readonly names: readonly string[];
  readonly directory: Place;
  readonly name: string;
}

class Move {
  readonly #given: MoveOptions & { readonly context: RootContext; readonly from: ParsedPath };
  readonly #source: End;
  readonly #target: End;

  constructor(
    given: MoveOptions & { readonly context: RootContext; readonly from: ParsedPath },
    source: End,
    target: End,
  ) {
    this.#given = given;
    this.#source = source;
    this.#target = target;
  }

  get lockKeys(): string[] {
    return [
      ...new Set([
        lockKey(this.#source.directory, this.#source.name),
        lockKey(this.#target.directory, this.#target.name),
      ]),
    ];
  }

  /** Both ends are found again: they may have changed while this waited for the locks. */
  async run(): Promise<void> {
    const { context, from, to } = this.#given;
    const source = await find(context, this.#source);
    const target = await find(context, this.#target).catch((error: unknown) => {
      source?.close();
      throw error;
    });
    try {
      if (source === undefined) throw notFound(from.text);
      const isDirectory = kindOf(source.stats) === "directory";
      if (!isDirectory) {
        assertFile(source.stats, from);
        if (to.directory) throw refusal("path", to.text, "ends like a directory; name a file");
      }
      assertNoHardLink(context, source.stats, from);
      if (isDirectory) this.#assertNothingOpens();
      await this.#source.directory.confirm();
      await this.#target.directory.confirm();
      // On a file system without case, `a` to `A` finds itself at the other end.
      const isItself = target !== undefined && isSameFile(source.stats, target.stats);
      if (target !== undefined && !isItself) this.#assertReplaceable(target, isDirectory);
      if (isDirectory || target !== undefined) await rename(this.#fromPath, this.#toPath);
      else await this.#renameToNothing(source);
      if (target !== undefined && !isItself) context.quota.add({ files: -1, bytes: -countedBytes(target.stats) });
      await context.synchronizing.run(async () => {
        await synchronizeDirectory(this.#target.directory);
        await synchronizeDirectory(this.#source.directory);
      }, undefined);
    } finally {
      source?.close();
      target?.close();
    }
  }

  get #fromPath(): string {
    return `${this.#source.directory.self}/${this.#source.name}`;
  }

  get #toPath(): string {
    return `${this.#target.directory.self}/${this.#target.name}`;
  }

  #assertReplaceable(target: Place, isDirectory: boolean): void {
    const { context, to, overwrite } = this.#given;
    // A link is refused as one also where nothing may be replaced.
    if (!target.stats.isDirectory()) assertFile(target.stats, to);
    if (!overwrite || isDirectory) throw alreadyThere(to.text);
    assertFile(target.stats, to);
    assertNoHardLink(context, target.stats, to);
  }

  /** Nothing that `deny` closes may be opened by moving a directory above it to where no pattern closes it. */
  #assertNothingOpens(): void {
    const { context, from } = this.#given;
    const { deny, prefix } = context.tree;
    if (!deny.opensByMoving([...prefix, ...this.#source.names], [...prefix, ...this.#target.names])) return;
    throw refusal("denied-name", from.text, "may hold what is closed by the options of the root, so it has to stay");
  }

  /** A rename would replace a file that has come there meanwhile; a link does not. */
  async #renameToNothing(source: Place): Promise<void> {
    try {
      await link(this.#fromPath, this.#toPath);
    } catch (error) {
      if (systemErrorCode(error) === "EEXIST") throw alreadyThere(this.#given.to.text);
      throw error;
    }
    if (!isSameFile(await lstat(this.#toPath, { bigint: true }), source.stats)) {
      await unlink(this.#toPath);
      throw refusal("changed", this.#given.from.text, "was replaced while it was being moved; try again");
    }
    await unlink(this.#fromPath);
  }
}

function end({ names, parent }: Located, path: ParsedPath): End {
  if (parent === undefined) throw refusal("root", path.text, "is the root itself, which has to stay where it is");
  return { path, names, directory: parent, name: names.at(-1) ?? "" };
}

async function find(context: RootContext, { directory, name, path }: End): Promise<Place | undefined> {
  const place = await findSettled(context, directory, name);
  if (place === undefined || place.stats.dev === context.tree.root.stats.dev) return place;
  place.close();
  throw refusal("mount", path.text, "is on another file system");
}
