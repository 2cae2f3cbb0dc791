import { refusal } from "../errors/refusal.ts";
import { foldCase } from "./fold-case.ts";

const longestPattern = 1024;
const mostAlternatives = 64;
/** Of all alternatives together: each is matched with each name, in time that grows with its length. */
const longestTogether = 2048;

const anyText = "*".charCodeAt(0);
const anyOne = "?".charCodeAt(0);

/** How far a path has come in a pattern: for each alternative, the segments that may match the next name. */
export type GlobState = readonly (readonly number[])[];

/** Options for {@link compileGlob}. */
export interface GlobOptions {
  /** Takes names that differ only in case for the same. @default false */
  readonly ignoreCase?: boolean;
}

/**
 * A compiled pattern. It is matched name by name on the way down a tree, which tells early where nothing can match.
 * The work for one name is bounded by the length of the pattern times that of the name: there is no backtracking.
 */
export interface GlobPattern {
  /** Before the first name. */
  readonly start: GlobState;
  /** After one more name. */
  step(state: GlobState, name: string): GlobState;
  /** Whether the names so far match as a whole. */
  isMatch(state: GlobState): boolean;
  /** Whether more names could still lead to a match. */
  isAlive(state: GlobState): boolean;
}

/**
 * Compiles a pattern: `*` and `?` within a name, `**` for any number of names (also none), `{a,b}` for alternatives.
 * Everything else stands for itself, also brackets and `!`.
 * @throws FileError `refused` for a pattern that is empty, absolute, longer than 1,024 characters or has too many alternatives
 */
export function compileGlob(pattern: string, { ignoreCase = false }: GlobOptions = {}): GlobPattern {
  if (typeof pattern !== "string") throw refusal("pattern", typeof pattern, "is not a pattern; give a string");
  if (pattern.length > longestPattern) {
    throw refusal("pattern", pattern, `is longer than ${longestPattern} characters; shorten it`);
  }
  const fold = ignoreCase ? foldCase : (name: string) => name;
  const expanded = expandBraces(pattern);
  if (expanded.join("").length > longestTogether) {
    throw refusal("pattern", pattern, `has alternatives of more than ${longestTogether} characters together; split it`);
  }
  const alternatives = expanded.map((alternative) => toSegments(alternative, pattern).map(fold));
  return {
    start: alternatives.map((segments) => closure(segments, [0])),
    step(state, name) {
      const folded = fold(name);
      return state.map((positions, index) => stepOne(alternatives[index] ?? [], positions, folded));
    },
    isMatch: (state) => state.some((positions, index) => positions.includes(alternatives[index]?.length ?? -1)),
    isAlive: (state) =>
      state.some((positions, index) => positions.some((position) => position < (alternatives[index]?.length ?? 0))),
  };
}

/** Whether `name` matches one segment of a pattern: `*` and `?`. On a mismatch it returns to the last star only. */
export function matchesName(segment: string, name: string): boolean {
  let inSegment = 0;
  let inName = 0;
  let star = -1;
  let starredTo = 0;
  while (inName < name.length) {
    // Codes, because a letter taken out of a string is a string of its own.
    const wanted = segment.charCodeAt(inSegment);
    if (wanted === anyText) {
      star = inSegment;
      starredTo = inName;
      inSegment += 1;
    } else if (wanted === anyOne || wanted === name.charCodeAt(inName)) {
      inSegment += 1;
      inName += 1;
    } else if (star !== -1) {
      starredTo += 1;
      inName = starredTo;
      inSegment = star + 1;
    } else {
      return false;
    }
  }
  while (segment.charCodeAt(inSegment) === anyText) inSegment += 1;
  return inSegment === segment.length;
}

function stepOne(segments: readonly string[], positions: readonly number[], name: string): readonly number[] {
  const next: number[] = [];
  for (const position of positions) {
    const segment = segments[position];
    if (segment === "**") next.push(position);
    else if (segment !== undefined && matchesName(segment, name)) next.push(position + 1);
  }
  return closure(segments, next);
}

/** `**` also matches no name at all, so what follows it may be next as well. */
function closure(segments: readonly string[], positions: readonly number[]): readonly number[] {
  const all = new Set(positions);
  for (const position of all) if (segments[position] === "**") all.add(position + 1);
  return [...all];
}

function toSegments(alternative: string, pattern: string): string[] {
  const segments = alternative.split("/").filter((segment) => segment !== "" && segment !== ".");
  if (alternative.startsWith("/") || segments.length === 0 || segments.includes("..")) {
    throw refusal("pattern", pattern, "must be relative to the root and stay in it");
  }
  return segments.map((segment) => segment.normalize("NFC"));
}

/** `a{b,c}d` to `abd` and `acd`; nested braces too. A brace without its partner, or around a single choice, is a letter. */
function expandBraces(pattern: string): string[] {
  const done: string[] = [];
  const pending = [pattern];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const group = firstGroup(next);
    if (group === undefined) done.push(next);
    else for (const choice of group.choices) pending.push(group.before + choice + group.after);
    if (done.length + pending.length > mostAlternatives) {
      throw refusal("pattern", pattern, `has more than ${mostAlternatives} alternatives; split it`);
    }
  }
  return [...new Set(done)];
}

function firstGroup(text: string): { before: string; choices: string[]; after: string } | undefined {
  for (let open = text.indexOf("{"); open !== -1; open = text.indexOf("{", open + 1)) {
    let depth = 0;
    let from = open + 1;
    const choices: string[] = [];
    for (let at = open; at < text.length; at += 1) {
      if (text[at] === "{") depth += 1;
      else if (text[at] === "," && depth === 1) {
        choices.push(text.slice(from, at));
        from = at + 1;
      } else if (text[at] === "}") {
        depth -= 1;
        if (depth > 0) continue;
        if (choices.length === 0) break;
        choices.push(text.slice(from, at));
        return { before: text.slice(0, open), choices, after: text.slice(at + 1) };
      }
    }
  }
  return undefined;
}
