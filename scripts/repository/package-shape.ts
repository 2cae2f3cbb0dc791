import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { runtimeDependencies, type Workspace, type WorkspacePackage } from "./workspace.ts";

const ENTRIES = ["README.md", "package.json", "src", "tsconfig.json"];
const APP_ENTRIES = ["package.json", "src", "tsconfig.json"];
const FIXED = {
  license: "Apache-2.0",
  type: "module",
  sideEffects: false,
  engines: { node: ">=24" },
  files: ["dist", "src", "!src/**/*.test.ts", "!src/**/fixtures"],
};
const KEYS = ["name", "version", "description", ...Object.keys(FIXED), "exports", "publishConfig"];
const OPTIONAL_KEYS = [
  "keywords",
  "bin",
  "dependencies",
  "devDependencies",
  "peerDependencies",
  "peerDependenciesMeta",
  "optionalDependencies",
];

/**
 * Checks that every package has the same entries, manifest and compiler settings, so that knowing one is knowing all.
 * Apps are checked for what the tools rely on only: privacy, entries and project references.
 *
 * @param workspace The repository.
 * @returns One sentence per deviation.
 */
export function packageShapeProblems(workspace: Workspace): string[] {
  const versions = new Set(libraries(workspace).map(({ manifest }) => manifest.version));
  const uneven = versions.size > 1 ? [`The packages' versions differ: ${[...versions].join(", ")}.`] : [];
  const each = workspace.packages.flatMap((member) => {
    const found = member.folder.startsWith("packages/") ? libraryProblems(member, workspace.root) : appProblems(member);
    const problems = [...found, ...versionProblems(member), ...referenceProblems(member, workspace)];
    return problems.map((problem) => `${member.folder}: ${problem}`);
  });
  return [...uneven, ...each, ...solutionProblems(workspace)];
}

function libraries({ packages }: Workspace): WorkspacePackage[] {
  return packages.filter(({ folder }) => folder.startsWith("packages/"));
}

function libraryProblems({ folder, name, entries, manifest, tsconfig }: WorkspacePackage, root: string): string[] {
  const problems: string[] = [];
  const short = folder.split("/")[1];
  if (!isDeepStrictEqual(entries, ENTRIES)) {
    problems.push(`holds ${entries.join(", ")} instead of ${ENTRIES.join(", ")}`);
  }
  if (!existsSync(join(root, folder, "src", "index.ts"))) problems.push("has no src/index.ts");
  if (name !== `@plinth/${short}` && name !== short) problems.push(`is called ${name}, not @plinth/${short}`);

  const fields = manifest as unknown as Record<string, unknown>;
  for (const key of KEYS) if (fields[key] === undefined) problems.push(`package.json lacks "${key}"`);
  const allowed = new Set([...KEYS, ...OPTIONAL_KEYS]);
  for (const key of Object.keys(fields)) {
    if (!allowed.has(key)) problems.push(`package.json has "${key}", which no other has`);
  }
  for (const [key, value] of Object.entries(FIXED)) {
    if (!isDeepStrictEqual(fields[key], value)) problems.push(`package.json "${key}" is not ${JSON.stringify(value)}`);
  }
  if (!isDeepStrictEqual(manifest.exports, expectedExports(manifest.exports ?? {}, true))) {
    problems.push(
      'package.json "exports" must map each entry to "@plinth/source", "types" and "default", in this order',
    );
  }
  const published = { access: "public", exports: expectedExports(manifest.exports ?? {}, false) };
  if (!isDeepStrictEqual(fields.publishConfig, published)) {
    problems.push('package.json "publishConfig" must be public access and the exports without "@plinth/source"');
  }

  const { references: _, ...settings } = tsconfig;
  const expected = {
    extends: "../../tsconfig.base.json",
    compilerOptions: { rootDir: "src", outDir: "dist", emitDeclarationOnly: true },
    include: ["src"],
    exclude: ["src/**/*.test.ts", "src/**/fixtures"],
  };
  if (!isDeepStrictEqual(settings, expected)) problems.push("tsconfig.json differs from the other packages'");
  return problems;
}

function expectedExports(exports: NonNullable<WorkspacePackage["manifest"]["exports"]>, source: boolean): unknown {
  return Object.fromEntries(
    Object.keys(exports).map((subpath) => {
      const file = subpath === "." ? "index" : subpath.slice(2);
      const compiled = { types: `./dist/${file}.d.ts`, default: `./dist/${file}.js` };
      return [subpath, source ? { "@plinth/source": `./src/${file}.ts`, ...compiled } : compiled];
    }),
  );
}

function appProblems({ entries, manifest }: WorkspacePackage): string[] {
  const problems = APP_ENTRIES.filter((entry) => !entries.includes(entry)).map((entry) => `has no ${entry}`);
  if (manifest.private !== true) problems.push("is an app and must be private");
  return problems;
}

function versionProblems({ manifest }: WorkspacePackage): string[] {
  return Object.entries({ ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies })
    .filter(([name, range]) => range !== (name.startsWith("@plinth/") ? "workspace:*" : "catalog:"))
    .map(([name, range]) => `${name} is "${range}"; ours are "workspace:*", all others "catalog:"`);
}

function referenceProblems({ folder, manifest, tsconfig }: WorkspacePackage, { packages }: Workspace): string[] {
  const needed = runtimeDependencies(manifest).flatMap((name) => packages.find((member) => member.name === name) ?? []);
  const expected = needed.map((member) => posix.relative(folder, member.folder));
  const actual = referencesOf(tsconfig);
  if (isDeepStrictEqual(actual.toSorted(), expected.toSorted())) return [];
  return [`tsconfig.json refers to [${actual.join(", ")}], its dependencies ask for [${expected.join(", ")}]`];
}

function solutionProblems({ root, packages }: Workspace): string[] {
  const actual = referencesOf(JSON.parse(readFileSync(join(root, "tsconfig.json"), "utf8")) as Record<string, unknown>);
  const expected = packages.map(({ folder }) => folder);
  if (isDeepStrictEqual(actual.toSorted(), expected.toSorted())) return [];
  return [`tsconfig.json at the root refers to [${actual.join(", ")}], the workspace holds [${expected.join(", ")}]`];
}

function referencesOf({ references }: Readonly<Record<string, unknown>>): string[] {
  return ((references ?? []) as { path: string }[]).map(({ path }) => path);
}
