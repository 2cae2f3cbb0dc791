/** The code of a `FileError`. Stable; the messages are not. */
export type FileErrorCode =
  | "refused"
  | "read-only"
  | "too-large"
  | "quota"
  | "limit"
  | "not-found"
  | "exists"
  | "conflict"
  | "not-a-file"
  | "not-a-directory"
  | "not-empty"
  | "not-text"
  | "denied"
  | "no-space"
  | "busy"
  | "closed"
  | "unsupported"
  | "failed";

/** What a code says. */
export interface FileErrorMeaning {
  /** Whether a rule of the root forbids the request; otherwise the files are not as the caller thought. */
  readonly refused: boolean;
  readonly says: string;
}

/** Every code with its meaning. */
export const fileErrorCodes: Readonly<Record<FileErrorCode, FileErrorMeaning>> = {
  refused: { refused: true, says: "A rule of the root forbids it; `reason` says which." },
  "read-only": { refused: true, says: "The root was opened for reading only." },
  "too-large": { refused: true, says: "The file or the data is larger than the limit." },
  quota: { refused: true, says: "The root would hold more files or bytes than its quota." },
  limit: { refused: true, says: "A list, walk, glob or search ran into its limit; what it gave until then is right." },
  "not-found": { refused: false, says: "There is no such file or directory." },
  exists: { refused: false, says: "Something of that name is already there." },
  conflict: { refused: false, says: "The file is not the version that `ifMatch` names." },
  "not-a-file": { refused: false, says: "It is a directory." },
  "not-a-directory": { refused: false, says: "It, or a part of the path before the last, is a file." },
  "not-empty": { refused: false, says: "The directory holds something." },
  "not-text": { refused: false, says: "The file is not valid UTF-8." },
  denied: { refused: false, says: "The operating system forbids it to this user." },
  "no-space": { refused: false, says: "The disk, or the user's share of it, is full." },
  busy: { refused: false, says: "Too much is open or waiting." },
  closed: { refused: false, says: "The root was closed." },
  unsupported: { refused: false, says: "This system or file system cannot do it." },
  failed: { refused: false, says: "Anything else." },
};

/**
 * Which rule refused:
 * - `path`: the path is not a portable relative path
 * - `pattern`: the pattern or the query is empty, too long or has too many parts
 * - `denied-name`: the option `deny` names it
 * - `symlink`, `hard-link`: it is a link, or a link on the way
 * - `special`: it is a device, pipe or socket
 * - `mount`: it is on another file system than the root
 * - `changed`: it was replaced while it was being used
 * - `root`: it is the root itself
 */
export type RefusalReason =
  | "path"
  | "pattern"
  | "denied-name"
  | "symlink"
  | "hard-link"
  | "special"
  | "mount"
  | "changed"
  | "root";
