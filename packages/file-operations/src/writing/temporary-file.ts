import { closeSync, constants, fstatSync, type BigIntStats } from "node:fs";
import { link, rename, unlink } from "node:fs/promises";
import {
  changeMode,
  changeOwner,
  noFollow,
  openDescriptor,
  synchronize,
  writeFrom,
} from "../directories/file-calls.ts";
import type { Place } from "../directories/place.ts";
import { stampUnique } from "./modification-time.ts";
import { temporaryName } from "./temporary-name.ts";

const createNew = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | noFollow;

/** A file that is being written under a name that nobody can guess, in the directory where it will stand. */
export class TemporaryFile {
  readonly #directory: Place;
  readonly #path: string;
  readonly #descriptor: number;
  #isThere = true;

  private constructor(directory: Place, path: string, descriptor: number) {
    this.#directory = directory;
    this.#path = path;
    this.#descriptor = descriptor;
  }

  static async create(directory: Place): Promise<TemporaryFile> {
    const path = `${directory.self}/${temporaryName()}`;
    await directory.confirm();
    return new TemporaryFile(directory, path, await openDescriptor(path, createNew, 0o600));
  }

  async write(chunk: Uint8Array): Promise<void> {
    let offset = 0;
    while (offset < chunk.byteLength) {
      offset += (await writeFrom(this.#descriptor, chunk, offset, chunk.byteLength - offset)).bytesWritten;
    }
  }

  /** Gives it the owner and permissions of the file that it replaces, and waits until the disk has it. */
  async finish(old: Place | undefined): Promise<void> {
    await this.#takeOver(old);
    await stampUnique(this.#descriptor);
    await synchronize(this.#descriptor);
  }

  /**
   * Puts it in the place of what has that name, or with `createOnly` of nothing.
   * @returns what it is now, with the times that it will keep
   */
  async publish(name: string, { createOnly }: { readonly createOnly: boolean }): Promise<BigIntStats> {
    const target = `${this.#directory.self}/${name}`;
    await this.#directory.confirm();
    // A rename replaces what has come there meanwhile; a link does not.
    if (createOnly) {
      await link(this.#path, target);
      await unlink(this.#path);
    } else {
      await rename(this.#path, target);
    }
    this.#isThere = false;
    return fstatSync(this.#descriptor, { bigint: true });
  }

  /** Removes it, if it was not published, and closes it. */
  async discard(): Promise<void> {
    try {
      if (this.#isThere) await unlink(this.#path);
    } catch {
      // Somebody has removed it, or the disk fails; what led here says more.
    } finally {
      closeSync(this.#descriptor);
    }
  }

  /** The permissions of the old file stay, but never its set-user-id, set-group-id or sticky bit. */
  async #takeOver(old: Place | undefined): Promise<void> {
    // Whatever the umask has taken away or left.
    if (old === undefined) return changeMode(this.#descriptor, 0o600);
    const mine = fstatSync(this.#descriptor, { bigint: true });
    if (mine.uid !== old.stats.uid || mine.gid !== old.stats.gid) {
      // Only root may give files away; for others the new file is theirs, as with any editor.
      await changeOwner(this.#descriptor, Number(old.stats.uid), Number(old.stats.gid)).catch(() => undefined);
    }
    return changeMode(this.#descriptor, Number(old.stats.mode) & 0o777);
  }
}
