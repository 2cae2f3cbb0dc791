import type { Finding, TextQuery } from "./text-query.ts";

/** One line with a match. */
export interface LineMatch {
  /** From 1 on. */
  readonly line: number;
  /** Position of the match in the line, from 1 on, in UTF-16 units. */
  readonly column: number;
  /** The line; of a long one the part around the match. */
  readonly text: string;
}

/** The most that is looked at in one piece, in UTF-16 units; a longer line is looked at in pieces that overlap. */
const longestPiece = 4096;
const overlap = 512;
const shownBefore = 80;
const shownAtMost = 320;

/** Finds the lines with a match in a text that comes in chunks. Its memory is one piece, however long the lines are. */
export class LineFinder {
  readonly #query: TextQuery;
  #rest = "";
  #line = 1;
  #offset = 0;
  #isFound = false;

  constructor(query: TextQuery) {
    this.#query = query;
  }

  /**
   * What the lines that end in this chunk have, one after the other: a match, or undefined. `isLast` when no more follows.
   * Between two of them the caller can do something else, since one takes at most some milliseconds.
   */
  *push(chunk: string, { isLast }: { readonly isLast: boolean }): Generator<LineMatch | undefined> {
    const text = this.#rest + chunk;
    let at = 0;
    for (;;) {
      const end = text.indexOf("\n", at);
      const to = end === -1 ? text.length : end;
      // A line that goes on is left for later, unless it is a piece already.
      while (to - at > longestPiece) {
        yield this.#look(text.slice(at, at + longestPiece));
        at += longestPiece - overlap;
        this.#offset += longestPiece - overlap;
      }
      if (end === -1) break;
      yield this.#look(text.slice(at, to).replace(/\r$/, ""));
      at = end + 1;
      this.#line += 1;
      this.#offset = 0;
      this.#isFound = false;
    }
    this.#rest = text.slice(at);
    if (isLast && this.#rest !== "") yield this.#look(this.#rest);
  }

  /** One match a line is enough. */
  #look(piece: string): LineMatch | undefined {
    if (this.#isFound) return undefined;
    const found = this.#query(piece);
    if (found === undefined) return undefined;
    this.#isFound = true;
    return { line: this.#line, column: this.#offset + found.start + 1, text: excerpt(piece, found) };
  }
}

function excerpt(piece: string, { start }: Finding): string {
  if (piece.length <= shownAtMost) return piece;
  const from = Math.max(0, start - shownBefore);
  return piece.slice(from, from + shownAtMost);
}
