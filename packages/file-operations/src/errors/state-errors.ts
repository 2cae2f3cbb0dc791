import type { FileErrorCode } from "./error-codes.ts";
import { FileError } from "./file-error.ts";
import { printablePath } from "./printable-path.ts";

// For files that are not as the caller thought. `path` is what the caller gave.

export function notFound(path: string): FileError {
  return stateError("not-found", path, "does not exist");
}

export function alreadyThere(path: string): FileError {
  return stateError("exists", path, "already exists");
}

/** For a path that names something else where it needs a directory. */
export function notADirectory(path: string): FileError {
  return stateError("not-a-directory", path, "is not a directory");
}

/** For a path that goes on behind something else than a directory. */
export function leadsThroughFile(path: string): FileError {
  return stateError("not-a-directory", path, "leads through a file; only directories hold other files");
}

function stateError(code: FileErrorCode, path: string, explanation: string): FileError {
  return new FileError(code, `"${printablePath(path)}" ${explanation}`, { path });
}
