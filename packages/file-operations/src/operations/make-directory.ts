import { mkdir } from "node:fs/promises";
import { locate, notADirectory } from "../directories/locate.ts";
import { kindOf } from "../directories/place.ts";
import { FileError } from "../errors/file-error.ts";
import { systemErrorCode } from "../errors/from-system-error.ts";
import { printablePath } from "../errors/printable-path.ts";
import { refusal } from "../errors/refusal.ts";
import type { ParsedPath } from "../paths/parse-path.ts";
import type { RootContext } from "../root-context.ts";

/** Makes a directory for this user alone; with `recursive` also those on the way, and it may be there already. */
export async function makeDirectory(
  context: RootContext,
  path: ParsedPath,
  { recursive }: { readonly recursive: boolean },
): Promise<void> {
  // Those before the last first; each walk begins at the root, so what was made is checked like everything else.
  const first = recursive ? 1 : path.names.length;
  for (let length = first; length <= path.names.length; length += 1) {
    const part = { ...path, names: path.names.slice(0, length) };
    await makeOne(context, part, { mayExist: recursive, isLast: length === path.names.length });
  }
  if (path.names.length === 0 && !recursive) throw alreadyThere(path);
}

async function makeOne(
  context: RootContext,
  path: ParsedPath,
  { mayExist, isLast }: { readonly mayExist: boolean; readonly isLast: boolean },
): Promise<void> {
  const { parent, found, names, close } = await locate(context.tree, path);
  try {
    if (found !== undefined) {
      if (kindOf(found.stats) === "symlink") throw refusal("symlink", path.text, "is a symbolic link");
      if (!mayExist) throw alreadyThere(path);
      if (kindOf(found.stats) !== "directory") throw isLast ? alreadyThere(path) : notADirectory(path);
      return;
    }
    if (parent === undefined) throw alreadyThere(path);
    context.quota.reserve({ files: 1, bytes: 0 }, path.text);
    try {
      await parent.confirm();
      await mkdir(`${parent.self}/${names.at(-1) ?? ""}`, { mode: 0o700 });
      return;
    } catch (error) {
      context.quota.add({ files: -1, bytes: 0 });
      if (!mayExist || systemErrorCode(error) !== "EEXIST") throw error;
    }
  } finally {
    close();
  }
  // Somebody else was faster, and it may be a file.
  await makeOne(context, path, { mayExist, isLast });
}

function alreadyThere(path: ParsedPath): FileError {
  return new FileError("exists", `"${printablePath(path.text)}" already exists`, { path: path.text });
}
