import { compileGlob, type GlobState } from "../paths/glob-pattern.ts";
import type { ParsedPath } from "../paths/parse-path.ts";
import type { RootContext } from "../root-context.ts";
import { type FileEntry, walkTree, type WalkPlan } from "./walk.ts";

/** What {@link listEntries}, {@link walkEntries} and {@link globEntries} have in common. */
export interface ListSettings {
  readonly details: boolean;
  readonly signal: AbortSignal | undefined;
}

type Batches = AsyncGenerator<readonly FileEntry[]>;

/** The entries of one directory. */
export function listEntries(context: RootContext, path: ParsedPath, settings: ListSettings): Batches {
  const plan: WalkPlan<true> = { ...settings, start: true, visit: () => ({ include: true }) };
  return walkTree(context, path, plan);
}

/** The entries of a directory and of all below it. */
export function walkEntries(context: RootContext, path: ParsedPath, settings: ListSettings): Batches {
  return walkTree<true>(context, path, {
    ...settings,
    start: true,
    visit: (_state, _name, kind) => ({ include: true, descend: kind === "directory" ? true : undefined }),
  });
}

/** What matches a pattern; directories where nothing can match are not read. */
export function globEntries(
  context: RootContext,
  path: ParsedPath,
  { pattern, ...settings }: ListSettings & { readonly pattern: string },
): Batches {
  const glob = compileGlob(pattern);
  let state = glob.start;
  for (const name of path.names) state = glob.step(state, name);
  return walkTree<GlobState>(context, path, {
    ...settings,
    start: state,
    visit(before, name, kind) {
      const after = glob.step(before, name);
      return {
        include: glob.isMatch(after),
        descend: kind === "directory" && glob.isAlive(after) ? after : undefined,
      };
    },
  });
}
