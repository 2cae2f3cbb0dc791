import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

/** What a command line printed, and how it ended. */
export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  /** `null` when a signal ended it. */
  readonly exitCode: number | null;
}

/** Options for {@link runCommand}. */
export interface RunCommandOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Interrupts the command, as Ctrl-C does. */
  readonly signal?: AbortSignal;
}

/** Runs a Node program to its end. */
export async function runCommand(
  args: readonly string[],
  { env = {}, signal }: RunCommandOptions = {},
): Promise<CommandResult> {
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const exited = once(child, "exit");
  signal?.addEventListener("abort", () => child.kill("SIGINT"), { once: true });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [exitCode] = (await exited) as [number | null];
  return { stdout, stderr, exitCode };
}

/** The file behind a command of one of our dependencies. */
export function commandFile(packageName: string, command: string): string {
  const manifest = fileURLToPath(new URL(`../../node_modules/${packageName}/package.json`, import.meta.url));
  const { bin } = JSON.parse(readFileSync(manifest, "utf8")) as { bin: Record<string, string> };
  return join(dirname(manifest), bin[command] ?? "");
}
