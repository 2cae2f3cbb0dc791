import { fstatSync, statSync } from "node:fs";

/** Whether a path, such as `/dev/stdout`, leads to where standard output does. */
export function sharesStdout(path: string): boolean {
  try {
    const stdout = fstatSync(1);
    const file = statSync(path);
    return stdout.ino === file.ino && stdout.dev === file.dev;
  } catch {
    // There is no such file yet, or no standard output.
    return false;
  }
}
