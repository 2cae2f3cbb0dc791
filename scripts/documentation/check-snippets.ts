import { execFile } from "node:child_process";
import {
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import type { Page } from "./markdown.ts";
import { toSnippetFiles } from "./snippet-files.ts";

const execute = promisify(execFile);

/** What {@link checkSnippets} found. */
export interface SnippetReport {
  /** Blocks that were compiled. */
  readonly count: number;
  /** One line for each problem, with the page and the line in it. */
  readonly problems: readonly string[];
}

/** The parts of a `package.json` that say what can be imported. */
interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/**
 * Type-checks the TypeScript blocks of pages against the sources of this workspace, all in one run of the compiler.
 *
 * @param root The repository's folder.
 * @param pages What to check.
 * @param folder Where to write the modules, from the repository's folder; what was there is deleted. They can be run from there.
 * @returns How many blocks there were, and what is wrong with them. Errors in the workspace's own sources are not told.
 * @throws Error when the compiler cannot run
 */
export async function checkSnippets(root: string, pages: readonly Page[], folder: string): Promise<SnippetReport> {
  const project = join(root, folder);
  rmSync(project, { recursive: true, force: true });
  writeProject(project, root);
  let count = 0;
  const problems: string[] = [];
  const pageByFolder = new Map<string, string>();
  for (const page of pages) {
    const snippets = toSnippetFiles(page);
    count += snippets.count;
    problems.push(...snippets.problems);
    const name = page.path.replace(/\.md$/, "").replaceAll("/", "+");
    pageByFolder.set(name, page.path);
    for (const [file, lines] of snippets.files) write(join(project, name, file), `${lines.join("\n")}\n`);
  }
  problems.push(...toProblems(await compile(root, project), pageByFolder));
  return { count, problems };
}

/** A project next to which Node and the compiler find every package of the workspace, and all that those depend on. */
function writeProject(project: string, root: string): void {
  const compilerOptions = {
    composite: false,
    declaration: false,
    declarationMap: false,
    isolatedDeclarations: false,
    noEmit: true,
    moduleDetection: "force",
  };
  const config = join(relative(project, root), "tsconfig.base.json").replaceAll("\\", "/");
  write(join(project, "package.json"), JSON.stringify({ private: true, type: "module" }));
  write(join(project, "tsconfig.json"), JSON.stringify({ extends: config, compilerOptions, include: ["*/**/*.ts"] }));
  for (const path of globSync(["packages/*/package.json", "apps/*/package.json"], { cwd: root })) {
    const { name, dependencies, devDependencies } = JSON.parse(readFileSync(join(root, path), "utf8")) as Manifest;
    const folder = join(root, dirname(path));
    link(folder, join(project, "node_modules", name));
    for (const dependency of Object.keys({ ...dependencies, ...devDependencies })) {
      link(join(folder, "node_modules", dependency), join(project, "node_modules", dependency));
    }
  }
}

function link(target: string, path: string): void {
  if (existsSync(path) || !existsSync(target)) return;
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(realpathSync(target), path, "junction");
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

async function compile(root: string, project: string): Promise<string> {
  const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
  return execute(process.execPath, [compiler, "-p", ".", "--pretty", "false"], { cwd: project }).then(
    () => "",
    (error: { stdout?: string; message: string }) => {
      if (error.stdout === undefined || error.stdout === "") throw new Error(error.message, { cause: error });
      return error.stdout;
    },
  );
}

/** The compiler's lines with pages for files. Lines without a position are about the project, so they count, too. */
function toProblems(output: string, pageByFolder: ReadonlyMap<string, string>): string[] {
  return output.split(/\r?\n/).flatMap((row) => {
    if (row === "" || /^\s/.test(row)) return [];
    const [, path = "", line, message] = /^(.+?)\((\d+),\d+\): (.*)$/.exec(row) ?? [];
    if (line === undefined) return [row];
    const page = pageByFolder.get(path.split("/", 1)[0] ?? "");
    return page === undefined ? [] : [`${page}:${line}: ${message}`];
  });
}
