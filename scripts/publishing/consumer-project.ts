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

/** A stdio server with one tool that prints, once it has listed it, the URL of every module that it has loaded. */
const stdioServer = `
  import { registerHooks } from "node:module";
  import { PassThrough } from "node:stream";
  const loaded = [];
  registerHooks({
    load(url, context, next) {
      loaded.push(url);
      return next(url, context);
    },
  });
  const { createServer, defineTool, stderrLogger } = await import("@plinth/core");
  const hello = defineTool({ name: "hello", handler: () => "Hello" });
  const log = stderrLogger({ level: "silent" });
  const server = createServer({ name: "greeter", version: "1.0.0", components: [hello], log });
  const [input, output] = [new PassThrough(), new PassThrough()];
  await server.serveStdio({ input, output });
  const clientInfo = { name: "test", version: "1.0.0" };
  const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo };
  input.write(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "initialize", params }) + "\\n");
  input.write(JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" }) + "\\n");
  input.write(JSON.stringify({ jsonrpc: "2.0", id: 2, method: "tools/list" }) + "\\n");
  for await (const chunk of output) if (String(chunk).includes('"hello"')) break;
  process.stderr.write(JSON.stringify(loaded), () => process.exit());
`;

/**
 * Starts a stdio server on the installed `@plinth/core`, in a process of its own, and lists its tools.
 *
 * @param folder The project.
 * @returns The URLs of the modules that were loaded for it: those of Node, of ours and of others.
 * @throws Error with Node's output when it does not answer.
 */
export async function modulesOfStdioServer(folder: string): Promise<string[]> {
  const args = ["--input-type=module", "--eval", stdioServer];
  const { stderr } = await execute(process.execPath, args, { cwd: folder, timeout: 20_000 });
  return JSON.parse(stderr) as string[];
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
