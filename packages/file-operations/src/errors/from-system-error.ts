import type { FileErrorCode } from "./error-codes.ts";
import { FileError } from "./file-error.ts";
import { printablePath } from "./printable-path.ts";
import { refusal } from "./refusal.ts";

/** A code of our own beside those of the system. */
const changedCode = "PLINTH_CHANGED";

const meanings: ReadonlyMap<string, readonly [FileErrorCode, string]> = new Map([
  ["ENOENT", ["not-found", "does not exist"]],
  ["ENOTDIR", ["not-a-directory", "leads through a file; only directories hold other files"]],
  ["EISDIR", ["not-a-file", "is a directory; name a file in it"]],
  ["EEXIST", ["exists", "already exists; choose another name, or allow overwriting"]],
  ["ENOTEMPTY", ["not-empty", "is a directory that is not empty"]],
  ["EACCES", ["denied", "may not be used by this user"]],
  ["EPERM", ["denied", "may not be used by this user"]],
  ["EROFS", ["denied", "is on a file system that cannot be written to"]],
  ["ERR_ACCESS_DENIED", ["denied", "may not be used by this process"]],
  ["ENOSPC", ["no-space", "cannot be written: the disk is full"]],
  ["EDQUOT", ["no-space", "cannot be written: this user's share of the disk is full"]],
  ["EFBIG", ["too-large", "is larger than this process may write"]],
  ["EMFILE", ["busy", "cannot be opened now: too many files are open"]],
  ["ENFILE", ["busy", "cannot be opened now: too many files are open"]],
  ["EBUSY", ["busy", "is in use"]],
  ["EINVAL", ["unsupported", "cannot be used this way; a directory cannot be moved into itself"]],
  ["EOPNOTSUPP", ["unsupported", "is on a file system that cannot do this"]],
  ["ENOTSUP", ["unsupported", "is on a file system that cannot do this"]],
  ["ENAMETOOLONG", ["failed", "has a name that is too long for this file system"]],
]);

/**
 * The {@link FileError} for what Node's `fs` threw while it worked on `path`. Anything that has no code is not from
 * there and comes back as it is.
 */
export function fromSystemError(error: unknown, path: string): unknown {
  if (FileError.isInstance(error)) return error;
  const code = systemErrorCode(error);
  if (code === undefined) return error;
  if (code === "ELOOP") return refusal("symlink", path, "became a symbolic link; links are not followed");
  if (code === "ENXIO" || code === "ENODEV") return refusal("special", path, "is a device, pipe or socket");
  if (code === "EXDEV") return refusal("mount", path, "is on another file system");
  if (code === changedCode) return refusal("changed", path, "was replaced while it was being used; try again");
  const [meaning, text] = meanings.get(code) ?? ["failed", "could not be used: the operating system reports an error"];
  return new FileError(meaning, `"${printablePath(path)}" ${text}`, { path });
}

/** The code of an error of Node's `fs`, such as `ENOENT`. */
export function systemErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return undefined;
  return error.code;
}

/** For what was replaced while it was being used; {@link fromSystemError} makes a refusal of it. */
export function notWhatWasFound(): Error {
  return Object.assign(new Error("Not what was found before"), { code: changedCode });
}
