import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Import, importsOf } from "./imports.ts";

/** The parts of a `package.json` that the repository's rules look at. */
export interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly version?: string;
  readonly exports?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** One TypeScript file of a package. */
export interface SourceFile {
  /** Path from the repository's folder, with forward slashes. */
  readonly path: string;
  /** A test, or a fixture of tests: neither is published. */
  readonly isTest: boolean;
  readonly imports: readonly Import[];
}

/** One package or app of the workspace. */
export interface WorkspacePackage {
  readonly name: string;
  /** Path from the repository's folder, such as `packages/core`. */
  readonly folder: string;
  /** The names in that folder, generated ones left out. */
  readonly entries: readonly string[];
  readonly manifest: Manifest;
  readonly tsconfig: Readonly<Record<string, unknown>>;
  readonly files: readonly SourceFile[];
}

/** Everything the repository's rules need to know, read once. */
export interface Workspace {
  readonly root: string;
  readonly packages: readonly WorkspacePackage[];
}

const GENERATED = new Set(["dist", "node_modules", "coverage", ".turbo", "tsconfig.tsbuildinfo", "CHANGELOG.md"]);

/**
 * Reads the packages and apps of a repository.
 *
 * @param root The repository's folder.
 * @returns Its description, packages first, then apps, each group in alphabetical order, and the benchmark last.
 * @throws Error when a `package.json` or `tsconfig.json` is not JSON, or a source file does not parse.
 */
export function readWorkspace(root: string): Workspace {
  const grouped = ["packages", "apps"].flatMap((group) =>
    listFolder(join(root, group)).map((name) => `${group}/${name}`),
  );
  const folders = [...grouped, "bench"];
  const packages = folders.filter((folder) => existsSync(join(root, folder, "package.json")));
  return { root, packages: packages.map((folder) => readPackage(root, folder)) };
}

/** The names of everything a package needs at run time, whichever section of the manifest they stand in. */
export function runtimeDependencies({ dependencies, peerDependencies, optionalDependencies }: Manifest): string[] {
  return Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies });
}

/** The package a specifier belongs to (`@plinth/core/x` is `@plinth/core`), or undefined for files and Node's own. */
export function packageOf(specifier: string): string | undefined {
  if (/^(?:\.|\/|#|node:)/.test(specifier)) return undefined;
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

function readPackage(root: string, folder: string): WorkspacePackage {
  const manifest = readJson<Manifest>(join(root, folder, "package.json"));
  const tsconfig = join(root, folder, "tsconfig.json");
  return {
    name: manifest.name,
    folder,
    manifest,
    entries: listFolder(join(root, folder)).filter((name) => !GENERATED.has(name) && !name.startsWith(".env")),
    tsconfig: existsSync(tsconfig) ? readJson<Record<string, unknown>>(tsconfig) : {},
    files: readSources(root, `${folder}/src`),
  };
}

function readSources(root: string, folder: string): SourceFile[] {
  if (!existsSync(join(root, folder))) return [];
  const names = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
  const paths = names
    .map((name) => `${folder}/${name.replaceAll("\\", "/")}`)
    .filter((path) => /\.[mc]?ts$/.test(path));
  return paths.toSorted().map((path) => ({
    path,
    isTest: path.endsWith(".test.ts") || path.includes("/fixtures/"),
    imports: importsOf(path, readFileSync(join(root, path), "utf8")),
  }));
}

function listFolder(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).toSorted() : [];
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, "utf8")) as T;
}
