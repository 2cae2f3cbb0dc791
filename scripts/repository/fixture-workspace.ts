import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { readWorkspace, type Workspace } from "./workspace.ts";

/** A workspace in a temporary folder that goes away with its scope. */
export interface FixtureWorkspace extends Disposable {
  readonly root: string;
  /** Reads the folder as the rules see it. */
  read(): Workspace;
}

/**
 * Writes a small workspace in which every rule holds, then what the test breaks.
 *
 * @param packages Each package's name without the scope, and its dependencies of ours.
 * @param files Further files or replacements, by path from the workspace's folder; an object becomes JSON.
 * @returns The workspace.
 */
export function fixtureWorkspace(
  packages: Readonly<Record<string, readonly string[]>>,
  files: Readonly<Record<string, string | object>> = {},
): FixtureWorkspace {
  const root = mkdtempSync(join(tmpdir(), "plinth-workspace-"));
  const write = (path: string, content: string | object): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), typeof content === "string" ? content : JSON.stringify(content));
  };
  write("tsconfig.json", { references: Object.keys(packages).map((name) => ({ path: `packages/${name}` })) });
  for (const [name, dependencies] of Object.entries(packages)) {
    write(`packages/${name}/package.json`, soundManifest(name, dependencies));
    write(`packages/${name}/tsconfig.json`, soundTsconfig(dependencies));
    write(`packages/${name}/README.md`, `# ${name}\n`);
    write(`packages/${name}/src/index.ts`, "export const one: number = 1;\n");
  }
  for (const [path, content] of Object.entries(files)) write(path, content);
  return {
    root,
    read: () => readWorkspace(root),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** A `package.json` as every package of ours has it. */
export function soundManifest(name: string, dependencies: readonly string[] = []): Record<string, unknown> {
  const compiled = { types: "./dist/index.d.ts", default: "./dist/index.js" };
  return {
    name: `@plinth/${name}`,
    version: "0.1.0",
    description: `The ${name} package.`,
    license: "Apache-2.0",
    type: "module",
    sideEffects: false,
    engines: { node: ">=24" },
    files: ["dist", "src", "!src/**/*.test.ts", "!src/**/fixtures"],
    exports: { ".": { "@plinth/source": "./src/index.ts", ...compiled } },
    publishConfig: { access: "public", exports: { ".": compiled } },
    dependencies: Object.fromEntries(dependencies.map((dependency) => [`@plinth/${dependency}`, "workspace:*"])),
  };
}

function soundTsconfig(dependencies: readonly string[]): object {
  return {
    extends: "../../tsconfig.base.json",
    compilerOptions: { rootDir: "src", outDir: "dist", emitDeclarationOnly: true },
    include: ["src"],
    exclude: ["src/**/*.test.ts", "src/**/fixtures"],
    ...(dependencies.length > 0 && { references: dependencies.map((name) => ({ path: `../${name}` })) }),
  };
}
