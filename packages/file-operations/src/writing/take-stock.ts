import type { BigIntStats } from "node:fs";
import { lstat, unlink } from "node:fs/promises";
import type { Tree } from "../directories/locate.ts";
import { kindOf, pathIn, type Place } from "../directories/place.ts";
import { DirectoryReader } from "../directories/read-entries.ts";
import { systemErrorCode } from "../errors/from-system-error.ts";
import { countedBytes, type Quota } from "../limits/quota.ts";
import { isAbandoned } from "./temporary-name.ts";

/** Files that are asked for at the same time: enough to hide the way to another thread and back. */
const atOnce = 32;

/** Options for {@link takeStock}. */
export interface StockOptions {
  readonly tree: Tree;
  readonly quota: Quota;
  /** Directories that it goes down. */
  readonly depth: number;
}

/**
 * Counts what a root holds, and removes the temporary files of processes that have died. What this user may not read,
 * and what is on another file system, is not counted.
 */
export async function takeStock({ tree, quota, depth }: StockOptions): Promise<void> {
  const root = await tree.backend.find(tree.root, ".");
  await inDirectory(root, depth);

  async function inDirectory(place: Place, levelsLeft: number): Promise<void> {
    try {
      const reader = await DirectoryReader.open(place);
      try {
        let names: string[] = [];
        for (let entry = await reader.next(); entry !== undefined; entry = await reader.next()) {
          if (entry.kind === "directory") {
            quota.add({ files: 1, bytes: 0 });
            if (levelsLeft > 1) await passOver(() => goDown(place, entry.name, levelsLeft - 1));
          } else if (entry.kind === "file") {
            names.push(entry.name);
          } else {
            quota.add({ files: 1, bytes: 0 });
          }
          if (names.length < atOnce) continue;
          await Promise.all(names.map((name) => passOver(() => count(place, name))));
          names = [];
        }
        await Promise.all(names.map((name) => passOver(() => count(place, name))));
      } finally {
        await reader.close();
      }
    } finally {
      place.close();
    }
  }

  async function goDown(place: Place, name: string, levelsLeft: number): Promise<void> {
    const found = await tree.backend.find(place, name);
    if (isOfThisTree(found.stats)) return inDirectory(found, levelsLeft);
    found.close();
  }

  async function count(place: Place, name: string): Promise<void> {
    const stats = await lstat(pathIn(place, name), { bigint: true });
    if (!isOfThisTree(stats)) return;
    if (kindOf(stats) === "file" && isAbandoned(name, stats.mtime)) await unlink(pathIn(place, name));
    else quota.add({ files: 1, bytes: stats.isFile() ? countedBytes(stats) : 0 });
  }

  /** What is mounted there belongs to somebody else: it is neither counted nor swept. */
  function isOfThisTree({ dev }: BigIntStats): boolean {
    return dev === tree.root.stats.dev;
  }
}

/** It has gone meanwhile, or is closed to this user. */
const passedOver: ReadonlySet<string | undefined> = new Set(["ENOENT", "ENOTDIR", "ELOOP", "EACCES", "EPERM"]);

async function passOver(step: () => Promise<void>): Promise<void> {
  try {
    await step();
  } catch (error) {
    if (!passedOver.has(systemErrorCode(error))) throw error;
  }
}
