import { existsSync, readFileSync } from "node:fs";
import { lstat, readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";

/** Options for {@link imageProblems}. */
export interface ImageProblemsOptions {
  /** The folder that stands for `/app` of the image. */
  readonly app: string;
  /** Names of packages that only the development needs. */
  readonly developmentPackages: ReadonlySet<string>;
}

const UNWANTED: ReadonlyArray<readonly [RegExp, string]> = [
  [/\.map$/, "is a source map"],
  [/(?<!\.d)\.[cm]?ts$/, "is a source file"],
  [/\.d\.[cm]?ts$/, "is a declaration"],
  [/\.test\.[cm]?js$/, "is a test"],
  [/(?:^|\/)\.env(?:\.|$)/, "holds settings of a machine"],
  [/(?:^|\/)(?:\.npmrc|\.git|\.ci|Dockerfile|pnpm-lock\.yaml|pnpm-workspace\.yaml)$/, "belongs to the build"],
  [/\.(?:pem|key|p12|db|sqlite)$/, "looks like a key or data"],
];

/**
 * Looks for what must not be in an image, and compares the packages in it with its bill of materials.
 *
 * @returns One sentence per problem.
 */
export async function imageProblems({ app, developmentPackages }: ImageProblemsOptions): Promise<string[]> {
  const problems: string[] = [];
  const found = new Set<string>();
  /** What packages in the image want at run time; some libraries want the types of Node. */
  const wanted = new Set<string>();
  for (const entry of await readdir(app, { recursive: true, withFileTypes: true })) {
    const path = relative(app, join(entry.parentPath, entry.name));
    const unwanted = entry.isFile() ? UNWANTED.find(([pattern]) => pattern.test(path)) : undefined;
    if (unwanted !== undefined) problems.push(`${path} ${unwanted[1]}.`);
    if (entry.isFile() && ((await lstat(join(app, path))).mode & 0o6002) !== 0) {
      problems.push(`${path} is set-user-id, set-group-id or writable by everybody.`);
    }
    if (entry.isDirectory() && /(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/@.][^/]*$/.test(path)) {
      const { named, dependencies } = packageAt(join(app, path)) ?? {};
      if (named !== undefined) found.add(named);
      for (const name of dependencies ?? []) wanted.add(name);
    }
  }
  for (const named of found) {
    const name = named.slice(0, named.lastIndexOf("@"));
    if (developmentPackages.has(name) && !wanted.has(name)) problems.push(`${name} is a package of the development.`);
  }
  return [...problems, ...(await billProblems(app, found))];
}

async function billProblems(app: string, found: ReadonlySet<string>): Promise<string[]> {
  const path = join(app, "sbom.cdx.json");
  if (!existsSync(path)) return ["There is no sbom.cdx.json."];
  const bill = JSON.parse(await readFile(path, "utf8")) as {
    bomFormat?: string;
    components: { group?: string; name: string; version: string }[];
  };
  const listed = new Set(
    bill.components.map(({ group, name, version }) => `${group === undefined ? "" : `${group}/`}${name}@${version}`),
  );
  const unlisted = [...found].filter((named) => !listed.has(named));
  return [
    ...(bill.bomFormat === "CycloneDX" ? [] : ["sbom.cdx.json is no CycloneDX document."]),
    ...(found.size === 0 ? ["No package is in the image."] : []),
    ...unlisted.map((named) => `${named} is in the image and not in sbom.cdx.json.`),
  ];
}

interface ImagePackage {
  /** `name@version` */
  readonly named: string;
  readonly dependencies: readonly string[];
}

function packageAt(folder: string): ImagePackage | undefined {
  const path = join(folder, "package.json");
  if (!existsSync(path)) return undefined;
  const { name, version, dependencies } = JSON.parse(readFileSync(path, "utf8")) as {
    name?: string;
    version?: string;
    dependencies?: Record<string, string>;
  };
  if (name === undefined || version === undefined) return undefined;
  return { named: `${name}@${version}`, dependencies: Object.keys(dependencies ?? {}) };
}
