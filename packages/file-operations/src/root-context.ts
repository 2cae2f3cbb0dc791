import type { Tree } from "./directories/locate.ts";
import type { FileEvent } from "./file-event.ts";
import type { PathLocks } from "./limits/path-locks.ts";
import type { Quota } from "./limits/quota.ts";
import type { RootLimits } from "./limits/root-limits.ts";
import type { Slots } from "./limits/slots.ts";
import type { PathRules } from "./paths/parse-path.ts";

/** What the operations of one root work with. A subroot has a tree and a mode of its own, and shares the rest. */
export interface RootContext {
  readonly tree: Tree;
  readonly mode: RootMode;
  readonly hardLinks: "refuse" | "allow";
  readonly paths: PathRules;
  readonly limits: RootLimits;
  readonly quota: Quota;
  readonly locks: PathLocks;
  readonly slots: Slots;
  /** For waiting until the disk has something. */
  readonly synchronizing: Slots;
  readonly onEvent: ((event: FileEvent) => void) | undefined;
}

/** What may be done to a root. */
export type RootMode = "read-only" | "read-write";
