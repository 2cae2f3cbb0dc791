import { closeSync, fstatSync, type BigIntStats } from "node:fs";
import { lstat } from "node:fs/promises";
import { notWhatWasFound } from "../errors/from-system-error.ts";
import { noFollow, openDescriptor, readFlags } from "./file-calls.ts";
import { type Backend, isSameFile, pathIn, type Place } from "./place.ts";

/** macOS's O_NOFOLLOW_ANY, which Node does not name: the kernel refuses a link anywhere in the path. */
const noFollowAny = process.platform === "darwin" ? 0x20000000 : 0;

/**
 * Works with paths, and checks every directory on the way before and after. For systems where Node cannot work
 * relative to a descriptor. Whoever can exchange directories between two checks, and back again, can beat it.
 */
export const pathBackend: Backend = {
  guarantee: "best-effort",
  openRoot: async (path) => new PathPlace(path, await lstat(path, { bigint: true })),
  async find(directory, name) {
    const self = pathIn(directory, name);
    return new PathPlace(String(self), await lstat(self, { bigint: true }), directory);
  },
  async openForReading(file) {
    const descriptor = await openDescriptor(file.self, readFlags | noFollow | noFollowAny);
    try {
      if (!isSameFile(fstatSync(descriptor, { bigint: true }), file.stats)) throw notWhatWasFound();
      await file.confirm();
      return descriptor;
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  },
};

class PathPlace implements Place {
  readonly self: string;
  readonly stats: BigIntStats;
  readonly #directory: Place | undefined;

  constructor(self: string, stats: BigIntStats, directory?: Place) {
    this.self = self;
    this.stats = stats;
    this.#directory = directory;
  }

  async confirm(): Promise<void> {
    await this.#directory?.confirm();
    if (!isSameFile(await lstat(this.self, { bigint: true }), this.stats)) throw notWhatWasFound();
  }

  close(): void {
    // Nothing is held.
  }
}
