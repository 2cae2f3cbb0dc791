import { type ChildProcess, spawn } from "node:child_process";
import type { Writable } from "node:stream";
import type { SandboxExit } from "../backends/sandbox-backend.ts";

/** Options for starting a process. */
export interface StartOptions {
  readonly cwd: string;
  /** Bytes that the process reads from descriptor 3. @default no such descriptor */
  readonly extraInput?: Uint8Array;
}

/** What is kept of stderr. */
const longestDiagnostics = 4_096;

/** Starts a command: environment empty, a process group of its own, only pipes open. */
export function spawnSandbox(
  [command = "", ...args]: readonly string[],
  { cwd, extraInput }: StartOptions,
): { readonly child: ChildProcess; readonly exited: Promise<SandboxExit> } {
  const child = spawn(command, args, {
    cwd,
    env: {},
    detached: true,
    windowsHide: true,
    stdio: ["pipe", "pipe", "pipe", ...(extraInput === undefined ? [] : ["pipe" as const])],
  });
  const extra = child.stdio[3] as Writable | null | undefined;
  for (const stream of [child.stdin, child.stdout, child.stderr, extra]) stream?.on("error", () => {});
  extra?.end(extraInput);
  let diagnostics = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    diagnostics += chunk.toString("latin1").slice(0, longestDiagnostics - diagnostics.length);
  });
  const exited = new Promise<SandboxExit>((resolve) => {
    child.once("error", (error) => resolve({ code: null, signal: null, diagnostics: error.message }));
    // What it wrote last may arrive after its end; a process that outlives it and keeps the pipe is not waited for.
    child.once("exit", (code, signal) => setImmediate(() => resolve({ code, signal, diagnostics })));
  });
  return { child, exited };
}
