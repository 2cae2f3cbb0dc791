import type { FileErrorCode, RefusalReason } from "./errors/error-codes.ts";

/** The name of an operation of a root. */
export type FileOperation =
  | "read"
  | "stream"
  | "write"
  | "append"
  | "list"
  | "glob"
  | "walk"
  | "stat"
  | "exists"
  | "mkdir"
  | "move"
  | "copy"
  | "remove"
  | "search"
  | "subroot";

/** What the option `onEvent` is told, for an audit log: every change that was made, and every request that a rule refused. */
export type FileEvent =
  | {
      readonly type: "change";
      readonly operation: FileOperation;
      /** Relative to the root that was opened first, also for a subroot; safe to print. */
      readonly path: string;
      /** Where `move` and `copy` went. */
      readonly to?: string;
      /** Size of the file that was written. */
      readonly bytes?: number;
    }
  | {
      readonly type: "refusal";
      readonly operation: FileOperation;
      readonly path: string;
      readonly code: FileErrorCode;
      readonly reason?: RefusalReason;
    };
