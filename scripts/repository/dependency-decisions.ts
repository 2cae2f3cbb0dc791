import { runtimeDependencies, type Workspace } from "./workspace.ts";

/**
 * Checks that every run-time dependency is explained by a table row in `docs/decisions/dependencies.md`, and that no row
 * explains one that is gone.
 *
 * @param workspace The repository.
 * @param document The text of that file; a row starts with the package's name in backticks.
 * @returns One sentence per violation.
 */
export function dependencyDecisionProblems(workspace: Workspace, document: string): string[] {
  const explained = new Set([...document.matchAll(/^\| `([^`]+)` \|/gm)].map((row) => row[1]));
  const ours = new Set(workspace.packages.map(({ name }) => name));
  const used = new Map<string, string>();
  for (const { name, manifest } of workspace.packages) {
    for (const dependency of runtimeDependencies(manifest)) if (!ours.has(dependency)) used.set(dependency, name);
  }
  const missing = [...used]
    .filter(([dependency]) => !explained.has(dependency))
    .map(
      ([dependency, user]) =>
        `${user} depends on ${dependency}, which docs/decisions/dependencies.md does not explain.`,
    );
  const stale = [...explained]
    .filter((dependency) => dependency !== undefined && !used.has(dependency))
    .map((dependency) => `docs/decisions/dependencies.md explains ${dependency}, which nothing depends on.`);
  return [...missing, ...stale];
}
