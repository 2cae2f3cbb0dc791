import { mkdir } from "node:fs/promises";
import { locate } from "../directories/locate.ts";
import type { Place } from "../directories/place.ts";
import { systemErrorCode } from "../errors/from-system-error.ts";
import { alreadyThere, leadsThroughFile } from "../errors/state-errors.ts";
import { lockKey } from "../limits/path-locks.ts";
import type { ParsedPath } from "../paths/parse-path.ts";
import type { RootContext } from "../root-context.ts";
import { assertNoLink } from "./open-file.ts";

/** Makes a directory for this user alone; with `recursive` also those on the way, and it may be there already. */
export async function makeDirectory(
  context: RootContext,
  path: ParsedPath,
  { recursive }: { readonly recursive: boolean },
): Promise<void> {
  // Those before the last first; each walk begins at the root, so what was made is checked like everything else.
  const first = recursive ? Math.min(1, path.names.length) : path.names.length;
  for (let length = first; length <= path.names.length; length += 1) {
    const part = { ...path, names: path.names.slice(0, length) };
    await makeOne(context, part, { mayExist: recursive, isLast: length === path.names.length });
  }
}

async function makeOne(
  context: RootContext,
  path: ParsedPath,
  { mayExist, isLast }: { readonly mayExist: boolean; readonly isLast: boolean },
): Promise<void> {
  const { parent, found, names, close } = await locate(context.tree, path);
  try {
    if (found !== undefined) {
      assertNoLink(found.stats, path);
      if (!mayExist) throw alreadyThere(path.text);
      if (!found.stats.isDirectory()) throw isLast ? alreadyThere(path.text) : leadsThroughFile(path.text);
      return;
    }
    if (parent === undefined) throw alreadyThere(path.text);
    const name = names.at(-1) ?? "";
    // A directory that is moved to this name would silently take the place of an empty one.
    await context.locks.run([lockKey(parent, name)], () => makeIn(context, path, { parent, name }));
    return;
  } catch (error) {
    if (!mayExist || systemErrorCode(error) !== "EEXIST") throw error;
  } finally {
    close();
  }
  // Somebody else was faster, and it may be a file.
  await makeOne(context, path, { mayExist, isLast });
}

async function makeIn(
  { quota }: RootContext,
  path: ParsedPath,
  { parent, name }: { readonly parent: Place; readonly name: string },
): Promise<void> {
  quota.reserve({ files: 1, bytes: 0 }, path.text);
  try {
    await parent.confirm();
    await mkdir(`${parent.self}/${name}`, { mode: 0o700 });
  } catch (error) {
    quota.add({ files: -1, bytes: 0 });
    throw error;
  }
}
