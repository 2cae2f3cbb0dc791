import { closeSync } from "node:fs";
import { systemErrorCode } from "../errors/from-system-error.ts";
import { onlyDirectory, openDescriptor, readFlags, synchronize } from "./file-calls.ts";
import type { Place } from "./place.ts";

/** This user may not read the directory, or its file system cannot do this for directories. */
const notPossible: ReadonlySet<string | undefined> = new Set(["EACCES", "EINVAL", "ENOTSUP", "EOPNOTSUPP"]);

/**
 * Makes what was done in a directory outlast a power cut, where that is possible. Where it is not, what was done has been
 * done, and an error would deny it.
 */
export async function synchronizeDirectory(directory: Place): Promise<void> {
  // Windows has no such call.
  if (process.platform === "win32") return;
  try {
    const descriptor = await openDescriptor(directory.self, readFlags | onlyDirectory);
    try {
      await synchronize(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    if (!notPossible.has(systemErrorCode(error))) throw error;
  }
}
