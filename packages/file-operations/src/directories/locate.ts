import { readlink } from "node:fs/promises";
import type { FileError } from "../errors/file-error.ts";
import { fromSystemError, systemErrorCode } from "../errors/from-system-error.ts";
import { refusal } from "../errors/refusal.ts";
import { leadsThroughFile, notFound } from "../errors/state-errors.ts";
import type { DenyList } from "../paths/deny-list.ts";
import { nameProblem } from "../paths/name-problem.ts";
import type { ParsedPath } from "../paths/parse-path.ts";
import { type Backend, kindOf, type Place } from "./place.ts";

/** The most links that one path may lead through. */
const mostLinks = 8;

/** A tree to find things in. */
export interface Tree {
  readonly backend: Backend;
  readonly root: Place;
  /** Where the root really is, without a slash at its end, for links with an absolute target. */
  readonly realPath: string;
  /** The names from the root that `deny` counts from, to this one; only a subroot has some. */
  readonly prefix: readonly string[];
  readonly deny: DenyList;
  readonly symlinks: "refuse" | "inside";
}

/** Where a path leads. */
export interface Located {
  /** From the root on, after links. */
  readonly names: readonly string[];
  /** The directory that holds the last name; undefined for the root itself. */
  readonly parent: Place | undefined;
  /** What is there; undefined when nothing is. */
  readonly found: Place | undefined;
  /** Gives up what is held. */
  readonly close: () => void;
}

/** Options for {@link locate}. */
export interface LocateOptions {
  /** Whether a link at the end is followed, where the tree follows links; or found as a link. @default true */
  readonly followLast?: boolean;
}

/**
 * Walks to where a path leads, one name at a time. The caller closes the result.
 * @throws FileError `refused`, `not-found` or `not-a-directory` when something on the way is not a directory of this tree
 */
export async function locate(
  tree: Tree,
  path: ParsedPath,
  { followLast = true }: LocateOptions = {},
): Promise<Located> {
  for (const detour of path.detours) {
    const located = await walk(tree, { ...path, names: detour, detours: [] }, false);
    try {
      if (located.found === undefined) throw notFound(path.text);
      // What `..` means behind a link depends on where the link leads, and it is not what the path says.
      if (kindOf(located.found.stats) === "symlink") throw linkRefused(path);
      assertDirectory(located.found, path);
    } finally {
      located.close();
    }
  }
  const located = await walk(tree, path, followLast && tree.symlinks === "inside");
  if (path.directory && located.found !== undefined && kindOf(located.found.stats) !== "directory") {
    const isLink = kindOf(located.found.stats) === "symlink";
    located.close();
    throw isLink ? linkRefused(path) : leadsThroughFile(path.text);
  }
  return located;
}

/** The walk itself; it begins anew, from the root, behind every link that it follows. */
async function walk(tree: Tree, path: ParsedPath, followLast: boolean): Promise<Located> {
  let names = path.names;
  for (let links = 0; ; links += 1) {
    if (links > mostLinks) throw refusal("symlink", path.text, `leads through more than ${mostLinks} symbolic links`);
    if (tree.deny.denies([...tree.prefix, ...names])) {
      throw refusal("denied-name", path.text, "is closed by the options of the root");
    }
    const result = await walkOnce(tree, { path, names, followLast });
    if ("names" in result) return result;
    names = result.goOn;
  }
}

interface Walk {
  readonly path: ParsedPath;
  readonly names: readonly string[];
  readonly followLast: boolean;
}

async function walkOnce(
  tree: Tree,
  { path, names, followLast }: Walk,
): Promise<Located | { readonly goOn: readonly string[] }> {
  const held: Place[] = [];
  const close = (): void => {
    for (const place of held.splice(0)) place.close();
  };
  try {
    let parent = tree.root;
    for (const [index, name] of names.entries()) {
      const isLast = index === names.length - 1;
      const found = await findOrUndefined(tree, parent, name);
      if (found !== undefined) held.push(found);
      if (found === undefined && !isLast) throw notFound(path.text);
      if (found !== undefined) {
        // Another file system may be /proc or /dev, where a regular file is not what it seems.
        if (found.stats.dev !== tree.root.stats.dev) throw refusal("mount", path.text, "is on another file system");
        if (kindOf(found.stats) === "symlink" && (!isLast || followLast)) {
          if (tree.symlinks === "refuse") throw linkRefused(path);
          const target = await readlink(`${parent.self}/${name}`);
          close();
          return {
            goOn: [...linkTarget(tree, path, { from: names.slice(0, index), target }), ...names.slice(index + 1)],
          };
        }
        if (!isLast) assertDirectory(found, path);
      }
      if (isLast) return { names, parent, found, close };
      // The directory before the last one is not needed any more, except where only paths hold it.
      if (tree.backend.guarantee === "race-free" && held.length > 1) held.shift()?.close();
      parent = found ?? parent;
    }
    return { names, parent: undefined, found: tree.root, close };
  } catch (error) {
    close();
    throw fromSystemError(error, path.text);
  }
}

async function findOrUndefined(tree: Tree, directory: Place, name: string): Promise<Place | undefined> {
  try {
    return await tree.backend.find(directory, name);
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Where a link leads, in names from the root. It is only a wish: the walk to there checks every name again. */
function linkTarget(
  tree: Tree,
  path: ParsedPath,
  { from, target }: { readonly from: readonly string[]; readonly target: string },
): readonly string[] {
  let names = [...from];
  let rest = target;
  if (target.startsWith("/")) {
    if (target !== tree.realPath && !target.startsWith(`${tree.realPath}/`)) throw leadsOut(path);
    names = [];
    rest = target.slice(tree.realPath.length);
  }
  let named = false;
  for (const segment of rest.split("/")) {
    if (segment === "" || segment === ".") continue;
    if (segment === "..") {
      if (names.length === 0) throw leadsOut(path);
      if (named) throw refusal("symlink", path.text, 'leads through a symbolic link that goes back by ".."');
      names.pop();
      continue;
    }
    named = true;
    if (nameProblem(segment) !== undefined) throw leadsOut(path);
    names.push(segment);
  }
  return names;
}

function assertDirectory(place: Place, path: ParsedPath): void {
  if (kindOf(place.stats) === "other") throw refusal("special", path.text, "leads through a device, pipe or socket");
  if (kindOf(place.stats) !== "directory") throw leadsThroughFile(path.text);
}

function linkRefused(path: ParsedPath): FileError {
  return refusal("symlink", path.text, "is or leads through a symbolic link, which this root does not follow");
}

function leadsOut(path: ParsedPath): FileError {
  return refusal("symlink", path.text, "leads through a symbolic link out of the root");
}
