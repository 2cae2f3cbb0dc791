import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { locate } from "../directories/locate.ts";
import type { Place } from "../directories/place.ts";
import { synchronizeDirectory } from "../directories/synchronize-directory.ts";
import { FileError } from "../errors/file-error.ts";
import { systemErrorCode } from "../errors/from-system-error.ts";
import { printablePath } from "../errors/printable-path.ts";
import { refusal } from "../errors/refusal.ts";
import { alreadyThere } from "../errors/state-errors.ts";
import { lockKey } from "../limits/path-locks.ts";
import { findSettled } from "../operations/find-settled.ts";
import { assertFile, assertFits, assertNoHardLink } from "../operations/open-file.ts";
import { describe, etagOf, type FileInfo } from "../operations/stat.ts";
import { joinNames, type ParsedPath } from "../paths/parse-path.ts";
import type { RootContext } from "../root-context.ts";
import { Reservation } from "./reservation.ts";
import { TemporaryFile } from "./temporary-file.ts";

/** What must hold for a file before it is replaced. */
export interface WriteCondition {
  /** The file must still be this version: the `etag` of a `stat` or of the last write. */
  readonly ifMatch?: string | undefined;
  /** `"*"`: there must be no such file. */
  readonly ifNoneMatch?: "*" | undefined;
}

/** Options for {@link replaceFile}. */
export interface ReplaceOptions extends WriteCondition {
  /** The new content; it is given the old file, if there is one. */
  readonly content: (old: Place | undefined) => AsyncIterable<Uint8Array>;
  /** Bytes of the content, as far as they are known before. @default 0 */
  readonly length?: number;
  /** The content depends on the old file, so nobody may change that while it is read. @default false */
  readonly dependsOnOld?: boolean;
  readonly signal: AbortSignal | undefined;
}

/**
 * Puts a new file in the place of an old one, or of none, in one step: readers see the old content or the new, and
 * whatever fails leaves the old.
 * @throws FileError `refused`, `exists`, `conflict`, `not-a-file`, `too-large`, `quota`, `denied`, `no-space`
 */
export async function replaceFile(context: RootContext, path: ParsedPath, options: ReplaceOptions): Promise<FileInfo> {
  assertFits(options.length ?? 0, { most: context.limits.writeBytes, path });
  const located = await locate(context.tree, path);
  try {
    const { parent, names } = located;
    if (parent === undefined) throw refusal("root", path.text, "is the root itself, not a file");
    if (path.directory) throw refusal("path", path.text, "ends like a directory; name a file");
    const name = names.at(-1) ?? "";
    const replacement = new Replacement({ context, path, directory: parent, name, options });
    const lock = <Result>(step: () => Promise<Result>): Promise<Result> =>
      context.locks.run([lockKey(parent, name)], step);
    try {
      // A caller's content may take its time, or even write this very file: it is read without the lock.
      if (options.dependsOnOld !== true) await replacement.write();
      return await lock(async () => {
        if (options.dependsOnOld === true) await replacement.write();
        return replacement.publish(joinNames(names));
      });
    } finally {
      await replacement.end();
    }
  } finally {
    located.close();
  }
}

interface ReplacementOptions {
  readonly context: RootContext;
  readonly path: ParsedPath;
  readonly directory: Place;
  readonly name: string;
  readonly options: ReplaceOptions;
}

class Replacement {
  readonly #given: ReplacementOptions;
  #temporary: TemporaryFile | undefined;
  #reservation: Reservation | undefined;

  constructor(given: ReplacementOptions) {
    this.#given = given;
  }

  async write(): Promise<void> {
    const { context, path, directory, options } = this.#given;
    await this.#withOld(async (old) => {
      this.#reservation = new Reservation(context.quota, path.text, old);
      this.#reservation.growTo(options.length ?? 0);
      this.#temporary = await TemporaryFile.create(directory);
      let written = 0;
      for await (const chunk of options.content(old)) {
        options.signal?.throwIfAborted();
        written += chunk.byteLength;
        assertFits(written, { most: context.limits.writeBytes, path });
        this.#reservation.growTo(written);
        await this.#temporary.write(chunk);
      }
    });
  }

  async publish(listedPath: string): Promise<FileInfo> {
    const { path, directory, name, options } = this.#given;
    const createOnly = options.ifNoneMatch === "*";
    return this.#withOld(async (old) => {
      await this.#synchronizing(async () => this.#temporary?.finish(old));
      options.signal?.throwIfAborted();
      try {
        const stats = await this.#temporary?.publish(name, { createOnly });
        if (stats === undefined) throw new TypeError("Published before it was written");
        this.#reservation?.settle(stats, old);
        await this.#synchronizing(() => synchronizeDirectory(directory));
        return describe(listedPath, stats);
      } catch (error) {
        if (createOnly && systemErrorCode(error) === "EEXIST") throw alreadyThere(path.text);
        throw error;
      }
    });
  }

  async end(): Promise<void> {
    this.#reservation?.release();
    await this.#temporary?.discard();
  }

  #synchronizing(step: () => Promise<void>): Promise<void> {
    return this.#given.context.synchronizing.run(step, undefined);
  }

  /** Finds the old file, checks whether it may be replaced, and holds it while `step` runs. */
  async #withOld<Result>(step: (old: Place | undefined) => Promise<Result>): Promise<Result> {
    const { context, directory, name } = this.#given;
    this.#given.options.signal?.throwIfAborted();
    const old = await findSettled(context, directory, name);
    try {
      await this.#check(old);
      return await step(old);
    } finally {
      old?.close();
    }
  }

  async #check(old: Place | undefined): Promise<void> {
    const { context, path, options } = this.#given;
    if (old !== undefined) {
      assertFile(old.stats, path);
      if (old.stats.dev !== context.tree.root.stats.dev) throw refusal("mount", path.text, "is on another file system");
      assertNoHardLink(context, old.stats, path);
      if (options.ifNoneMatch === "*") throw alreadyThere(path.text);
      // A rename needs no permission for the file that it replaces; who made that read-only means it.
      await access(old.self, constants.W_OK);
    }
    if (options.ifMatch !== undefined && (old === undefined || etagOf(old.stats) !== options.ifMatch)) {
      const state = old === undefined ? "does not exist any more" : "was changed by somebody else; read it again";
      throw new FileError("conflict", `"${printablePath(path.text)}" ${state}`, { path: path.text });
    }
  }
}
