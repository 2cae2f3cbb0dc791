import { closeSync, fstatSync, type BigIntStats } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { locate } from "../directories/locate.ts";
import { kindOf } from "../directories/place.ts";
import { FileError } from "../errors/file-error.ts";
import { printablePath } from "../errors/printable-path.ts";
import { refusal } from "../errors/refusal.ts";
import { notADirectory, notFound } from "../errors/state-errors.ts";
import type { ParsedPath } from "../paths/parse-path.ts";
import type { RootContext } from "../root-context.ts";
import { settlingMs } from "./find-settled.ts";

/** A regular file, open for reading. The caller closes the descriptor. */
export interface OpenFile {
  readonly descriptor: number;
  readonly stats: BigIntStats;
}

/** @throws FileError `refused`, `not-found`, `not-a-file`, `too-large` for more than `most` bytes */
export async function openFile(context: RootContext, path: ParsedPath, most: number): Promise<OpenFile> {
  const located = await locate(context.tree, path);
  let descriptor: number | undefined;
  try {
    if (located.found === undefined) throw notFound(path.text);
    assertFile(located.found.stats, path);
    descriptor = await context.tree.backend.openForReading(located.found);
    const stats = await checkedStats(context, descriptor, path);
    assertFits(Number(stats.size), { most, path });
    return { descriptor, stats };
  } catch (error) {
    if (descriptor !== undefined) closeSync(descriptor);
    throw error;
  } finally {
    located.close();
  }
}

/** @throws FileError `refused` or `not-a-file` for everything that is not a regular file */
export function assertFile(stats: BigIntStats, path: ParsedPath): void {
  assertNoLink(stats, path);
  const kind = kindOf(stats);
  if (kind === "other") throw refusal("special", path.text, "is a device, pipe or socket");
  if (kind === "directory") {
    const explanation = `"${printablePath(path.text)}" is a directory; name a file in it`;
    throw new FileError("not-a-file", explanation, { path: path.text });
  }
}

/** @throws FileError `refused` for a symbolic link; a root that follows links does not find any */
export function assertNoLink(stats: BigIntStats, path: ParsedPath): void {
  if (!stats.isSymbolicLink()) return;
  throw refusal("symlink", path.text, "is a symbolic link, which this root does not follow");
}

/** @throws FileError `refused` for a link, `not-a-directory` for everything else that is none */
export function assertDirectory(stats: BigIntStats, path: ParsedPath): void {
  assertNoLink(stats, path);
  if (!stats.isDirectory()) throw notADirectory(path.text);
}

/** @throws FileError `refused` for a file that has another name, which may be outside of the root */
export function assertNoHardLink(context: RootContext, stats: BigIntStats, path: ParsedPath): void {
  if (context.hardLinks === "allow" || stats.nlink <= 1n || stats.isDirectory()) return;
  throw refusal("hard-link", path.text, "is a hard link, so the same file may be outside of the root");
}

/** @throws FileError `too-large` */
export function assertFits(bytes: number, { most, path }: { readonly most: number; readonly path: ParsedPath }): void {
  if (bytes <= most) return;
  const explanation = `"${printablePath(path.text)}" has ${bytes} bytes; the limit is ${most}`;
  throw new FileError("too-large", explanation, { path: path.text });
}

async function checkedStats(context: RootContext, descriptor: number, path: ParsedPath): Promise<BigIntStats> {
  const stats = fstatSync(descriptor, { bigint: true });
  if (stats.nlink <= 1n || context.hardLinks === "allow") return stats;
  await sleep(settlingMs);
  const again = fstatSync(descriptor, { bigint: true });
  assertNoHardLink(context, again, path);
  return again;
}
