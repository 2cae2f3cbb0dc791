import { refusal } from "../errors/refusal.ts";

const longestQuery = 256;

/** What is looked for in a text. */
export interface TextQueryOptions {
  /** @default false */
  readonly ignoreCase?: boolean | undefined;
  /** Only where no letter, digit or underscore stands before and behind it; not with `wildcards`. @default false */
  readonly wholeWord?: boolean | undefined;
  /** Takes `*` for any characters of the same line, and `?` for any one. @default false */
  readonly wildcards?: boolean | undefined;
}

/** Where something was found: positions in UTF-16 units. */
export interface Finding {
  readonly start: number;
  readonly end: number;
}

/** Finds the first match in one line. */
export type TextQuery = (line: string) => Finding | undefined;

/**
 * Compiles a query. There are no regular expressions: V8 cannot be stopped in the middle of one, and a few characters
 * are enough to keep it busy for years. The work of this is at most the length of the line times that of the query.
 * @throws FileError `refused` for a query that is empty, longer than 256 characters, or of more than one line
 */
export function compileQuery(query: string, options: TextQueryOptions = {}): TextQuery {
  if (typeof query !== "string") throw refusal("pattern", typeof query, "is not a query; give a string");
  if (query === "" || query.length > longestQuery || /[\r\n]/.test(query)) {
    throw refusal("pattern", query, `is not a query; give one line of 1 to ${longestQuery} characters`);
  }
  if (options.wildcards === true && options.wholeWord === true) {
    // Each place where a match could begin would have to be tried with each where it could end.
    throw refusal("pattern", query, "has wildcards; they do not go together with whole words");
  }
  const fold = options.ignoreCase === true ? lowerCase : (text: string) => text;
  const parts =
    options.wildcards === true
      ? fold(query)
          .split(/\*+/)
          .filter((part) => part !== "")
      : [fold(query)];
  const anyOne = options.wildcards === true;
  return (line) => {
    const text = fold(line);
    for (let from = 0; from <= text.length;) {
      const found = findParts(text, parts, { from, anyOne });
      if (found === undefined) return undefined;
      if (options.wholeWord !== true || isWholeWord(text, found)) return found;
      from = found.start + 1;
    }
    return undefined;
  };
}

interface PartsOptions {
  readonly from: number;
  readonly anyOne: boolean;
}

/** The parts one behind the other; each as early as possible, which finds a match whenever there is one. */
function findParts(text: string, parts: readonly string[], { from, anyOne }: PartsOptions): Finding | undefined {
  if (parts.length === 0) return { start: from, end: text.length };
  let start: number | undefined;
  let at = from;
  for (const part of parts) {
    const found = indexOf(text, part, { from: at, anyOne });
    if (found === -1) return undefined;
    start ??= found;
    at = found + part.length;
  }
  return { start: start ?? from, end: at };
}

function indexOf(text: string, part: string, { from, anyOne }: PartsOptions): number {
  if (!anyOne || !part.includes("?")) return text.indexOf(part, from);
  for (let start = from; start + part.length <= text.length; start += 1) {
    let length = 0;
    while (length < part.length && (part[length] === "?" || part[length] === text[start + length])) length += 1;
    if (length === part.length) return start;
  }
  return -1;
}

/** Without changing any position: a letter whose small form is longer stays as it is. */
function lowerCase(text: string): string {
  const lower = text.toLowerCase();
  if (lower.length === text.length) return lower;
  return Array.from(text, (character) => {
    const small = character.toLowerCase();
    return small.length === character.length ? small : character;
  }).join("");
}

const wordCharacter = /[\p{L}\p{N}\p{M}_]/u;

function isWholeWord(text: string, { start, end }: Finding): boolean {
  const before = text.slice(Math.max(0, start - 1), start);
  const after = text.slice(end, end + 1);
  return !wordCharacter.test(before) && !wordCharacter.test(after);
}
