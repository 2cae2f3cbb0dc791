import type { Dir, Dirent } from "node:fs";
import { lstat, opendir } from "node:fs/promises";
import { systemErrorCode } from "../errors/from-system-error.ts";
import { type EntryKind, kindOf, pathIn, type Place } from "./place.ts";

/** The entries that one call of the operating system gives. */
const batch = 256;

/** One entry, as the directory has it. */
export interface RawEntry<Name extends string | Buffer> {
  readonly name: Name;
  readonly kind: EntryKind;
}

/** A directory that is read in parts. */
export class DirectoryReader<Name extends string | Buffer> {
  readonly place: Place;
  readonly #directory: Dir;

  private constructor(place: Place, directory: Dir) {
    this.place = place;
    this.#directory = directory;
  }

  static async open(place: Place): Promise<DirectoryReader<string>> {
    return new DirectoryReader<string>(place, await opendir(place.self, { bufferSize: batch }));
  }

  /** Names as bytes: some are not UTF-8, and a string would not lead back to them. */
  static async openRaw(place: Place): Promise<DirectoryReader<Buffer>> {
    // The type of `opendir` leaves this encoding out.
    const directory = await opendir(place.self, { bufferSize: batch, encoding: "buffer" as BufferEncoding });
    return new DirectoryReader<Buffer>(place, directory);
  }

  /** The next entry, in the order of the file system, without `.` and `..`. */
  async next(): Promise<RawEntry<Name> | undefined> {
    for (;;) {
      const entry = await this.#directory.read();
      if (entry === null) return undefined;
      const name = entry.name as Name;
      const kind = await this.#kindOf(entry, name);
      if (kind !== undefined) return { name, kind };
    }
  }

  /** Ends the reading; the place is not ours. */
  async close(): Promise<void> {
    await this.#directory.close();
  }

  async #kindOf(entry: Dirent, name: Name): Promise<EntryKind | undefined> {
    const isKnown =
      entry.isFile() ||
      entry.isDirectory() ||
      entry.isSymbolicLink() ||
      entry.isFIFO() ||
      entry.isSocket() ||
      entry.isCharacterDevice() ||
      entry.isBlockDevice();
    if (isKnown) return kindOf(entry);
    // Some file systems do not tell with the name.
    try {
      return kindOf(await lstat(pathIn(this.place, name)));
    } catch (error) {
      if (systemErrorCode(error) === "ENOENT") return undefined;
      throw error;
    }
  }
}
