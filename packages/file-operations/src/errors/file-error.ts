import { type FileErrorCode, fileErrorCodes, type RefusalReason } from "./error-codes.ts";
import { printablePath } from "./printable-path.ts";

const brand: symbol = Symbol.for("@plinth/file-operations/FileError");

/** Options for {@link FileError}. */
export interface FileErrorOptions {
  /** The path as the caller gave it, relative to the root. */
  readonly path?: string;
  /** Only for the code `refused`. */
  readonly reason?: RefusalReason;
}

/**
 * What every operation of a root throws. All of it may be shown to a client: it knows the path relative to the root, and
 * nothing of where the root is. It has no `cause`, because Node's errors carry absolute paths.
 */
export class FileError extends Error {
  override readonly name: string = "FileError";
  /** Stable. */
  readonly code: FileErrorCode;
  /** Whether a rule of the root forbade it, rather than the state of the files. */
  readonly refused: boolean;
  /** Which rule, for the code `refused`. */
  readonly reason: RefusalReason | undefined;
  /** Relative to the root; control and invisible characters are escaped, so it is safe to print. */
  readonly path: string | undefined;

  constructor(code: FileErrorCode, message: string, { path, reason }: FileErrorOptions = {}) {
    super(message);
    this.code = code;
    this.refused = fileErrorCodes[code].refused;
    this.reason = reason;
    this.path = path === undefined ? undefined : printablePath(path);
    Object.defineProperty(this, brand, { value: true });
  }

  /** Tells a `FileError` even when two copies of this package are loaded. */
  static isInstance(error: unknown): error is FileError {
    return typeof error === "object" && error !== null && (error as Record<symbol, unknown>)[brand] === true;
  }
}
