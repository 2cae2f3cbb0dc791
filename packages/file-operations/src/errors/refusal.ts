import type { RefusalReason } from "./error-codes.ts";
import { FileError } from "./file-error.ts";
import { printablePath } from "./printable-path.ts";

/** The error of a rule that forbids `path`: `"a\b" has a backslash; ...`. */
export function refusal(reason: RefusalReason, path: string, explanation: string): FileError {
  return new FileError("refused", `"${printablePath(path)}" ${explanation}`, { path, reason });
}
