import { posix } from "node:path";
import { packageOf, runtimeDependencies, type Workspace } from "./workspace.ts";

type Graph = ReadonlyMap<string, readonly string[]>;

/**
 * Finds import cycles between packages and between the files of a package.
 *
 * Between files only run-time imports count: a type-only import is erased and cannot make a module see another
 * half-initialised. Between packages every import and every run-time dependency counts.
 *
 * @param workspace The repository.
 * @returns One sentence per cycle found, with its path.
 */
export function cycleProblems(workspace: Workspace): string[] {
  return [...findCycles(packageGraph(workspace)), ...findCycles(fileGraph(workspace))].map(
    (cycle) => `Import cycle: ${cycle.join(" -> ")}`,
  );
}

function packageGraph({ packages }: Workspace): Graph {
  const names = new Set(packages.map(({ name }) => name));
  return new Map(
    packages.map(({ name, manifest, files }) => {
      const imported = files.filter(({ isTest }) => !isTest).flatMap(({ imports }) => imports);
      const targets = [...imported.map(({ specifier }) => packageOf(specifier)), ...runtimeDependencies(manifest)];
      return [
        name,
        [...new Set(targets)].filter((target) => target !== undefined && target !== name && names.has(target)),
      ];
    }),
  ) as Graph;
}

function fileGraph({ packages }: Workspace): Graph {
  return new Map(
    packages
      .flatMap(({ files }) => files)
      .map(({ path, imports }) => {
        const relative = imports.filter(({ specifier, typeOnly }) => specifier.startsWith(".") && !typeOnly);
        return [path, relative.map(({ specifier }) => posix.join(posix.dirname(path), specifier))];
      }),
  );
}

/** Depth-first search; each node is finished once, so a cycle is reported once, from where it was first entered. */
function findCycles(graph: Graph): string[][] {
  const cycles: string[][] = [];
  const finished = new Set<string>();
  const trail: string[] = [];
  const visit = (node: string): void => {
    if (trail.includes(node)) {
      cycles.push([...trail.slice(trail.indexOf(node)), node]);
      return;
    }
    if (finished.has(node)) return;
    trail.push(node);
    for (const next of graph.get(node) ?? []) visit(next);
    trail.pop();
    finished.add(node);
  };
  for (const node of graph.keys()) visit(node);
  return cycles;
}
