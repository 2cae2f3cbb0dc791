import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { childFile } from "./child-file.ts";
import { CodeExecutorError } from "./code-executor-error.ts";
import type { Language } from "./run-options.ts";

/** How to start the program that runs inside a sandbox. Paths are the host's; a backend may map them to its own. */
export interface ChildProgram {
  /** The executable: the `node` that runs the host. */
  readonly node: string;
  /** Options for `node`. */
  readonly nodeOptions: readonly string[];
  /** The program's file. */
  readonly file: string;
  /** The program's arguments; paths of `reads` stand in them, as part of a JSON text. */
  readonly args: readonly string[];
  /** Every file and folder that the program reads, `file` included and `node` not. */
  readonly reads: readonly string[];
}

/** What the child is told when it starts. */
export interface ChildSettings {
  /** What to prepare for. JavaScript and TypeScript stand in for each other, at the price of some milliseconds. */
  readonly language: Language;
  /** Heap limit of the isolate to prepare, in bytes. */
  readonly memoryBytes: number;
  /** Path of isolated-vm's binary. */
  readonly addon: string;
  /** Path of the folder of the `pyodide` package, for Python. */
  readonly pyodide?: string;
}

const mib = 1024 * 1024;

/**
 * Finds everything that a child needs on this machine.
 * @throws CodeExecutorError `unavailable` with a remedy when a package or a binary is missing
 */
export function childProgram(language: Language, memoryBytes: number): ChildProgram {
  const pyodide = language === "python" ? pyodideFolder() : undefined;
  const addon = language === "python" ? "" : isolatedVmBinary();
  const settings: ChildSettings = { language, memoryBytes, addon, ...(pyodide === undefined ? {} : { pyodide }) };
  // The isolate's own limit cannot exceed this one. Besides it, the heap holds one frame in its two forms.
  const heap = Math.ceil(memoryBytes / mib) + 64;
  return {
    node: process.execPath,
    // --no-node-snapshot, which isolated-vm once asked for, doubles the time to start; 7 works without.
    nodeOptions: [`--max-old-space-size=${heap}`, "--no-warnings"],
    file: childFile,
    args: [JSON.stringify(settings)],
    reads: [dirname(childFile), ...(addon === "" ? [] : [addon]), ...(pyodide === undefined ? [] : [pyodide])],
  };
}

/** Where the package has its binaries; 137 and 147 are the numbers of Node 24 and 26. */
function isolatedVmBinary(): string {
  const { platform, arch, versions } = process;
  const folder = packageFolder("isolated-vm");
  if (folder === undefined) {
    throw new CodeExecutorError(
      "unavailable",
      'JavaScript needs the package "isolated-vm", which is not installed; run "npm install isolated-vm@7.0.1".',
    );
  }
  const libc = platform === "linux" ? (existsSync("/etc/alpine-release") ? ".musl" : ".glibc") : "";
  const prebuilt = join(folder, "prebuilds", `${platform}-${arch}`, `isolated-vm.abi${versions.modules}${libc}.node`);
  const built = join(folder, "build", "Release", "isolated_vm.node");
  const found = [prebuilt, prebuilt.replace(libc, ""), built].find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new CodeExecutorError(
    "unavailable",
    `isolated-vm has no binary for ${platform}-${arch}${libc} and Node ${versions.node} (ABI ${versions.modules}); ` +
      'use Node 24 or 26 on another platform, or build it with a C++ compiler by "npm rebuild isolated-vm".',
  );
}

function pyodideFolder(): string {
  const folder = packageFolder("pyodide");
  if (folder !== undefined) return folder;
  throw new CodeExecutorError(
    "unavailable",
    'Python needs the package "pyodide", which is not installed; run "npm install pyodide@314.0.7".',
  );
}

function packageFolder(name: string): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve(name));
  } catch {
    return undefined;
  }
}
