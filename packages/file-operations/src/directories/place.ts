import type { BigIntStats } from "node:fs";

/** What stands at a place of the tree. */
export type EntryKind = "file" | "directory" | "symlink" | "other";

/**
 * How much the handle of a root holds against someone who exchanges directories and links while it works:
 * - `race-free`: every name is resolved relative to a descriptor of its directory, so nothing that happens meanwhile leads out
 * - `best-effort`: paths are checked before and after, which a fast enough attacker in the same file system can beat
 */
export type Guarantee = "race-free" | "best-effort";

/** Something found in the tree, held in a way that as far as possible cannot be exchanged for something else. */
export interface Place {
  readonly stats: BigIntStats;
  /** The path that Node's `fs` gets for this very thing. Names below a directory are `${self}/${name}`. */
  readonly self: string;
  /**
   * Checks that the place still is where it was found.
   * @throws FileError `refused` when it is not
   */
  confirm(): Promise<void>;
  /** Gives up what holds it. Must be called once. */
  close(): void;
}

/** One way to find things without leaving the root. */
export interface Backend {
  readonly guarantee: Guarantee;
  /** Opens the root. `path` is the operator's, and trusted. */
  openRoot(path: string): Promise<Place>;
  /** Finds what is called `name` in a directory; a link itself, and not what it leads to. Throws what `fs` throws. */
  find(directory: Place, name: string | Buffer): Promise<Place>;
  /** Opens a regular file that was found, and no other, for reading. */
  openForReading(file: Place): Promise<number>;
}

export function kindOf(stats: { isFile(): boolean; isDirectory(): boolean; isSymbolicLink(): boolean }): EntryKind {
  if (stats.isFile()) return "file";
  if (stats.isDirectory()) return "directory";
  return stats.isSymbolicLink() ? "symlink" : "other";
}

export function isSameFile(one: BigIntStats, other: BigIntStats): boolean {
  return one.dev === other.dev && one.ino === other.ino;
}

/** The path of `name` in a directory. Bytes are for names that are not UTF-8, which a string cannot name. */
export function pathIn(directory: Place, name: string | Buffer): string | Buffer {
  if (typeof name === "string") return `${directory.self}/${name}`;
  return Buffer.concat([Buffer.from(`${directory.self}/`), name]);
}
