import { hash } from "node:crypto";
import type { BigIntStats } from "node:fs";
import { locate } from "../directories/locate.ts";
import { type EntryKind, kindOf } from "../directories/place.ts";
import { FileError } from "../errors/file-error.ts";
import { notFound } from "../errors/state-errors.ts";
import { joinNames, type ParsedPath } from "../paths/parse-path.ts";
import type { RootContext } from "../root-context.ts";
import { assertNoLink } from "./open-file.ts";

/** What is known of a file or directory without opening it. */
export interface FileInfo {
  /** From the root on, after links; `.` is the root. */
  readonly path: string;
  /** `other` is a device, pipe or socket. */
  readonly kind: EntryKind;
  /** In bytes; 0 for what is not a file. */
  readonly size: number;
  readonly modified: Date;
  /** Changes with every change of the file: for `ifMatch`. Only files have one. */
  readonly etag?: string;
}

/** @throws FileError `not-found`, or `refused` for a link and for a path that leads out */
export async function statPath(context: RootContext, path: ParsedPath): Promise<FileInfo> {
  const located = await locate(context.tree, path);
  try {
    if (located.found === undefined) throw notFound(path.text);
    assertNoLink(located.found.stats, path);
    return describe(joinNames(located.names), located.found.stats);
  } finally {
    located.close();
  }
}

/** Whether something has that name. What a rule refuses is still refused. */
export async function pathExists(context: RootContext, path: ParsedPath): Promise<boolean> {
  try {
    const { found, close } = await locate(context.tree, path);
    close();
    if (found !== undefined) assertNoLink(found.stats, path);
    return found !== undefined;
  } catch (error) {
    if (FileError.isInstance(error) && (error.code === "not-found" || error.code === "not-a-directory")) return false;
    throw error;
  }
}

export function describe(path: string, stats: BigIntStats): FileInfo {
  const kind = kindOf(stats);
  const isFile = kind === "file";
  return {
    path,
    kind,
    size: isFile ? Number(stats.size) : 0,
    modified: stats.mtime,
    ...(isFile ? { etag: etagOf(stats) } : {}),
  };
}

/**
 * A strong validator (RFC 9110, section 8.8) of what a file is now. Every write makes a new file with a modification
 * time that no other has, so two writes within the same tick of the kernel's clock differ too. Hashed, since the numbers
 * are nobody's business.
 */
export function etagOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return hash("sha256", `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`, "base64url").slice(0, 22);
}
