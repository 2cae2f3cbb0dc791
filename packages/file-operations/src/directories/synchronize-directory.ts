import { closeSync } from "node:fs";
import { onlyDirectory, openDescriptor, readFlags, synchronize } from "./file-calls.ts";
import type { Place } from "./place.ts";

/** Makes what was done in a directory outlast a power cut. */
export async function synchronizeDirectory(directory: Place): Promise<void> {
  // Windows has no such call.
  if (process.platform === "win32") return;
  const descriptor = await openDescriptor(directory.self, readFlags | onlyDirectory);
  try {
    await synchronize(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
