import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Tarball } from "./tarballs.ts";

const execute = promisify(execFile);

/**
 * Sets up an empty project that depends on the tarballs and nothing else of this repository, and installs it.
 *
 * @param folder An empty folder outside the workspace.
 * @param tarballs Every package of ours; they replace each other's registry versions too.
 * @param nodeTypes The version of `@types/node` to type-check with.
 * @returns When the project is installed, with `consumer.ts` importing every entry point.
 * @throws Error when the installation fails.
 */
export async function installConsumer(folder: string, tarballs: readonly Tarball[], nodeTypes: string): Promise<void> {
  const ours = Object.fromEntries(tarballs.map(({ name, path }) => [name, `file:${path}`]));
  const entryPoints = tarballs.flatMap((tarball) => tarball.entryPoints);
  const imports = entryPoints.map((entry, index) => `import * as entry${index} from ${JSON.stringify(entry)};`);
  const names = entryPoints.map((_, index) => `entry${index}`);
  const files: Record<string, string> = {
    "package.json": JSON.stringify({
      private: true,
      type: "module",
      dependencies: ours,
      devDependencies: { "@types/node": nodeTypes },
    }),
    "pnpm-workspace.yaml": JSON.stringify({ overrides: ours }),
    "tsconfig.json": JSON.stringify({
      compilerOptions: { module: "nodenext", target: "es2024", strict: true, noEmit: true, types: ["node"] },
      include: ["consumer.ts"],
    }),
    "consumer.ts": `${imports.join("\n")}\nexport const entries: object[] = [${names.join(", ")}];\n`,
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  await execute("pnpm", ["install", "--prefer-offline", "--ignore-scripts"], { cwd: folder });
}

/**
 * Imports one entry point in a new Node process inside the project.
 *
 * @param folder The project.
 * @param entryPoint What to import.
 * @returns The names it exports.
 * @throws Error with Node's output when the import fails.
 */
export async function exportsAtRunTime(folder: string, entryPoint: string): Promise<string[]> {
  const script = `console.log(JSON.stringify(Object.keys(await import(${JSON.stringify(entryPoint)}))))`;
  const { stdout } = await execute(process.execPath, ["--input-type=module", "--eval", script], { cwd: folder });
  return JSON.parse(stdout) as string[];
}

/**
 * Type-checks the project with this repository's compiler, declaration files of dependencies included.
 *
 * @param folder The project.
 * @param root The repository's folder.
 * @returns What the compiler complains about; empty when all is well.
 */
export async function typeErrors(folder: string, root: string): Promise<string> {
  const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
  return execute(process.execPath, [compiler, "-p", folder]).then(
    () => "",
    (error: { stdout?: string; message: string }) => error.stdout ?? error.message,
  );
}

/** The version of an installed package of the repository, such as `@types/node`. */
export async function installedVersion(root: string, name: string): Promise<string> {
  const manifest = await readFile(join(root, "node_modules", name, "package.json"), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}
