const MACHINE_BOUND: ReadonlyArray<readonly [RegExp, string]> = [
  [/https?:\/\//, "names a host"],
  [/\btarball:/, "names a tarball's place"],
  [/(?:file|link):\/|file:\.\.?\/|[\s"'(](?:\/(?:home|root|tmp|work|Users|var|opt)\/)/, "names a path of one machine"],
  [/[A-Za-z]:\\/, "names a path of one machine"],
];

/**
 * Checks that a lockfile installs the same on every machine and through every mirror.
 *
 * @param text The text of `pnpm-lock.yaml`. Deprecation notices are quoted prose and may hold links.
 * @returns One sentence per offending line, with its number.
 */
export function lockfileProblems(text: string): string[] {
  return text.split("\n").flatMap((line, index) => {
    if (/^\s*deprecated:/.test(line)) return [];
    const found = MACHINE_BOUND.find(([pattern]) => pattern.test(line));
    return found === undefined ? [] : [`pnpm-lock.yaml:${index + 1} ${found[1]}: ${line.trim()}`];
  });
}
