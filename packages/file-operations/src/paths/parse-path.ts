import { printablePath } from "../errors/printable-path.ts";
import { refusal } from "../errors/refusal.ts";
import { nameProblem } from "./name-problem.ts";

/** The longest path in bytes of UTF-8. */
const longestPath = 4096;

/** A path, taken apart. */
export interface ParsedPath {
  /** As it was given, for messages. */
  readonly text: string;
  /** The names from the root on; none for the root itself. */
  readonly names: readonly string[];
  /** Directories that the path enters and leaves by `..`: they must exist, and may not be links. */
  readonly detours: readonly (readonly string[])[];
  /** It ends in `/` or `/.`, so it names a directory. */
  readonly directory: boolean;
}

/** Options for {@link parsePath}. */
export interface PathRules {
  /** Whether a path that is not in Unicode's form NFC is refused, or brought into it. */
  readonly unicode: "refuse" | "nfc";
  /** The most names in a path. */
  readonly depth: number;
  /** Only for tests of the rules of another one. @default the one that this process runs on */
  readonly platform?: NodeJS.Platform;
}

/**
 * Takes a relative path with `/` as separator apart, without asking the file system. `.` and empty names are passed
 * over; `..` may take back a name that the path itself has brought.
 * @throws FileError `refused` for everything that the grammar does not know
 */
export function parsePath(path: string, { unicode, depth, platform }: PathRules): ParsedPath {
  if (typeof path !== "string") throw refusal("path", typeof path, "is not a path; give a string");
  if (path.length > longestPath || Buffer.byteLength(path) > longestPath) {
    throw refusal("path", path, `is longer than ${longestPath} bytes`);
  }
  if (path === "") throw refusal("path", path, 'is empty; the root itself is "."');
  if (path.startsWith("/")) throw refusal("path", path, "is absolute; give a path relative to the root");
  const text = unicode === "nfc" ? path.normalize("NFC") : path;
  // Two spellings of one name are one file on some systems and two on others.
  if (text !== text.normalize("NFC")) throw refusal("path", path, "is not in Unicode's form NFC; normalize it");

  const segments = text.split("/");
  const names: string[] = [];
  const detours: string[][] = [];
  let steps = 0;
  for (const segment of segments) {
    if (segment === "" || segment === ".") continue;
    steps += 1;
    // Counted before `..` takes anything back, so that a path of many detours costs no more than a deep one.
    if (steps > depth) throw refusal("path", path, `has more than ${depth} names`);
    if (segment === "..") {
      if (names.length === 0) throw refusal("path", path, "leads out of the root");
      detours.push([...names]);
      names.pop();
      continue;
    }
    const problem = nameProblem(segment, platform);
    if (problem !== undefined) throw refusal("path", path, problem);
    names.push(segment);
  }
  const last = segments.at(-1);
  return { text: path, names, detours, directory: last === "" || last === "." || last === ".." };
}

/** A path from names, as listings and messages have it; the root itself is `.`. */
export function joinNames(names: readonly string[]): string {
  return names.length === 0 ? "." : names.join("/");
}

/** One name of a listing: as it is, or made printable when no path could name it. */
export function listedName(name: string): { readonly name: string; readonly addressable: boolean } {
  if (nameProblem(name) === undefined && name === name.normalize("NFC")) return { name, addressable: true };
  return { name: printablePath(name), addressable: false };
}
