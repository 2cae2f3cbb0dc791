import { locate } from "../directories/locate.ts";
import type { EntryKind } from "../directories/place.ts";
import { FileError } from "../errors/file-error.ts";
import { printablePath } from "../errors/printable-path.ts";
import { notFound } from "../errors/state-errors.ts";
import { Turns } from "../limits/turns.ts";
import type { ParsedPath } from "../paths/parse-path.ts";
import type { RootContext } from "../root-context.ts";
import { assertDirectory } from "./open-file.ts";
import { WalkLevel } from "./walk-level.ts";

/** Entries between two turns of other operations, and between two looks at the signal. */
const batchSize = 256;

/** One entry of a list, walk or glob. */
export interface FileEntry {
  /** From the root on. Safe to print. */
  readonly path: string;
  readonly name: string;
  /** `other` is a device, pipe or socket. Links are listed as such, and never followed. */
  readonly kind: EntryKind;
  /** `false` when the real name is not a portable one: then `name` shows it escaped, and no operation takes it. */
  readonly addressable: boolean;
  /** Why a walk did not go into this directory. */
  readonly skipped?: "denied" | "depth" | "mount";
  /** In bytes, 0 for what is not a file. Only with `details`. */
  readonly size?: number;
  /** Only with `details`. */
  readonly modified?: Date;
  /** Only with `details`, and of files. */
  readonly etag?: string;
}

/** What a walk does; `State` is what it remembers on its way down. */
export interface WalkPlan<State> {
  readonly start: State;
  /** What to do with an entry. */
  visit(
    state: State,
    name: string,
    kind: EntryKind,
  ): { readonly include: boolean; readonly descend?: State | undefined };
  readonly details: boolean;
  readonly signal: AbortSignal | undefined;
}

/**
 * Goes down a tree, depth first, in the order of the file system, and gives the entries in batches. The directories on the
 * way down are open, so it needs no memory for what is to come. What disappears meanwhile is left out.
 * @throws FileError `limit` after the most entries
 */
export async function* walkTree<State>(
  context: RootContext,
  path: ParsedPath,
  plan: WalkPlan<State>,
): AsyncGenerator<readonly FileEntry[]> {
  const levels: WalkLevel<State>[] = [];
  let batch: FileEntry[] = [];
  let seen = 0;
  const turns = new Turns();
  try {
    levels.push(await firstLevel(context, path, plan));
    for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
      const step = await level.next();
      if (step === undefined) {
        levels.pop();
        await level.close();
        continue;
      }
      seen += 1;
      if (seen > context.limits.entries) {
        yield batch;
        throw tooMany(context, path);
      }
      const entered = await level.enter(step);
      const skipped = typeof entered === "string" ? { skipped: entered } : {};
      if (step.entry !== undefined) batch.push({ ...step.entry, ...skipped });
      if (typeof entered === "object") levels.push(entered);
      // Names come out of memory hundreds at a time, and a hostile pattern makes each of them cost.
      if (turns.isOver) {
        plan.signal?.throwIfAborted();
        await turns.next();
      }
      if (seen % batchSize === 0) {
        plan.signal?.throwIfAborted();
        yield batch;
        batch = [];
      }
    }
    yield batch;
  } finally {
    for (const level of levels.toReversed()) await level.close();
  }
}

async function firstLevel<State>(
  context: RootContext,
  path: ParsedPath,
  plan: WalkPlan<State>,
): Promise<WalkLevel<State>> {
  const located = await locate(context.tree, path);
  try {
    if (located.found === undefined) throw notFound(path.text);
    assertDirectory(located.found.stats, path);
    // Once more, since the first ends with what located it, or belongs to the root.
    const place = await context.tree.backend.find(located.found, ".");
    return await WalkLevel.open({ context, plan, place, names: located.names, state: plan.start });
  } finally {
    located.close();
  }
}

function tooMany(context: RootContext, path: ParsedPath): FileError {
  const explanation = `"${printablePath(path.text)}" has more than ${context.limits.entries} entries`;
  return new FileError("limit", explanation, { path: path.text });
}
