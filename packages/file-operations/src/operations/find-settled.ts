import { setTimeout as sleep } from "node:timers/promises";
import type { Place } from "../directories/place.ts";
import { systemErrorCode } from "../errors/from-system-error.ts";
import type { RootContext } from "../root-context.ts";

/** A file that is created has two names for a moment, its own and the temporary one; after this long it has one. */
export const settlingMs = 5;

/** Finds what has that name, or nothing; a file that seems to be a hard link after another look. */
export async function findSettled(context: RootContext, directory: Place, name: string): Promise<Place | undefined> {
  const found = await find(context, directory, name);
  if (found === undefined || context.hardLinks === "allow" || !found.stats.isFile() || found.stats.nlink <= 1n) {
    return found;
  }
  found.close();
  await sleep(settlingMs);
  return find(context, directory, name);
}

async function find(context: RootContext, directory: Place, name: string): Promise<Place | undefined> {
  try {
    return await context.tree.backend.find(directory, name);
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
