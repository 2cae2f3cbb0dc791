import type { Workspace } from "./workspace.ts";

const FORBIDDEN = new Set(["util", "utils", "helper", "helpers", "common", "types", "misc", "shared"]);
const KEBAB = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/**
 * Checks that every file and folder is named after a concept, in kebab-case: a drawer called `utils` attracts anything.
 *
 * @param workspace The repository.
 * @returns One sentence per violation.
 */
export function fileNameProblems(workspace: Workspace): string[] {
  const paths = workspace.packages.flatMap(({ files }) => files.map(({ path }) => path));
  return paths.flatMap((path) => {
    const names = path.split("/").map((segment) => segment.replace(/\..*$/, ""));
    const forbidden = names.find((name) => FORBIDDEN.has(name));
    if (forbidden !== undefined) {
      return [`${path}: "${forbidden}" says nothing; name it after the one concept it holds.`];
    }
    const odd = names.find((name) => !KEBAB.test(name));
    return odd === undefined ? [] : [`${path}: "${odd}" is not kebab-case.`];
  });
}
