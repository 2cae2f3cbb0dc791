import { compileGlob, type GlobPattern, type GlobState } from "./glob-pattern.ts";

/** Which paths the option `deny` closes, with all that is below them. */
export class DenyList {
  readonly #patterns: readonly GlobPattern[];

  /** @throws FileError `refused` for a pattern that does not compile */
  constructor(patterns: readonly string[]) {
    this.#patterns = patterns.map((pattern) => compileGlob(pattern, { ignoreCase: true }));
  }

  /** Whether the path or a directory on the way to it is denied. */
  denies(names: readonly string[]): boolean {
    return this.#patterns.some((pattern) => {
      let state = pattern.start;
      return names.some((name) => {
        state = pattern.step(state, name);
        return pattern.isMatch(state);
      });
    });
  }

  /**
   * Whether something below `from` is denied that would not be below `to`: then a directory must not be moved from the
   * one place to the other.
   */
  opensByMoving(from: readonly string[], to: readonly string[]): boolean {
    return this.#patterns.some((pattern) => {
      const before = stateOf(pattern, from);
      const after = stateOf(pattern, to);
      return before.some((positions, index) => positions.some((position) => !after[index]?.includes(position)));
    });
  }
}

function stateOf(pattern: GlobPattern, names: readonly string[]): GlobState {
  let state = pattern.start;
  for (const name of names) state = pattern.step(state, name);
  return state;
}
