import { posix } from "node:path";
import { packageOf, type SourceFile, type Workspace, type WorkspacePackage } from "./workspace.ts";

/**
 * Checks that packages reach each other only through published entry points, and that sources of a package import its
 * files and never its barrel `index.ts` or its own name (tests may: they go through the public surface).
 *
 * @param workspace The repository.
 * @returns One sentence per violation.
 */
export function deepImportProblems(workspace: Workspace): string[] {
  const published = new Map(workspace.packages.map((member) => [member.name, entryPoints(member)]));
  return workspace.packages.flatMap((member) =>
    member.files.flatMap((file) =>
      file.imports.flatMap(({ specifier }) => problemWith(specifier, file, member, published) ?? []),
    ),
  );
}

function problemWith(
  specifier: string,
  file: SourceFile,
  member: WorkspacePackage,
  published: ReadonlyMap<string, readonly string[]>,
): string | undefined {
  const problem = (why: string): string => `${file.path} imports "${specifier}": ${why}.`;
  if (specifier.startsWith(".")) {
    const target = posix.join(posix.dirname(file.path), specifier);
    if (!target.startsWith(`${member.folder}/src/`)) {
      return problem("it leaves its package; import a package by its name");
    }
    if (target === `${member.folder}/src/index.ts` && !file.isTest) return problem("import the file, not the barrel");
    return specifier.endsWith(".js") ? problem("imports end in .ts") : undefined;
  }
  const target = packageOf(specifier);
  const entries = target === undefined ? undefined : published.get(target);
  if (entries === undefined) return undefined;
  if (target === member.name && !file.isTest) return problem("a package does not import itself by name");
  if (!entries.includes(specifier)) return problem(`only ${entries.join(", ") || "nothing"} is published`);
  return undefined;
}

function entryPoints({ name, manifest }: WorkspacePackage): string[] {
  return Object.keys(manifest.exports ?? {}).map((subpath) => posix.join(name, subpath));
}
