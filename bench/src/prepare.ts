import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = new URL("../../", import.meta.url);
const peers = new URL("../peers/", import.meta.url);

/** Something that has to be done by hand; the message says what. */
export class PreparationError extends Error {
  override name = "PreparationError";
}

/** Builds the packages, which are measured as users get them. A second when nothing has changed. */
export async function buildPackages(): Promise<void> {
  const build = fileURLToPath(new URL("scripts/build.ts", root));
  const { status, output } = await capture(process.execPath, [build], root);
  if (status === 0) return;
  throw new PreparationError(`The packages do not compile; fix this and run the benchmark again:\n${output.trim()}`);
}

/** Installs the peers from their own lockfile, unless that has been done. */
export async function installPeers(onStep: (text: string) => void): Promise<void> {
  // pnpm writes this file at the end of an install, so half an install does not count.
  if (existsSync(new URL("node_modules/.modules.yaml", peers)) && (await isCurrent())) return;
  onStep("installing the peers (only the first time)");
  const install = ["install", "--frozen-lockfile", "--ignore-scripts", "--reporter=append-only"];
  const { status, output } = await capture("pnpm", install, peers);
  if (status === 0) return;
  throw new PreparationError(
    `The peers in bench/peers cannot be installed; go on without them with --only plinth,node,sdk-v2. pnpm says:\n` +
      output.trim().split("\n").slice(-15).join("\n"),
  );
}

/** Whether the install belongs to the lockfile of now: pnpm keeps a copy of the one that it installed. */
async function isCurrent(): Promise<boolean> {
  const { readFile } = await import("node:fs/promises");
  const read = (path: string): Promise<string> => readFile(new URL(path, peers), "utf8").catch(() => "");
  const [wanted, installed] = await Promise.all([read("pnpm-lock.yaml"), read("node_modules/.pnpm/lock.yaml")]);
  return wanted === installed;
}

async function capture(
  command: string,
  args: readonly string[],
  folder: URL,
): Promise<{ readonly status: number; readonly output: string }> {
  const child = spawn(command, args, {
    cwd: fileURLToPath(folder),
    env: { ...process.env, CI: "true" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const keep = (text: string): void => void (output += text);
  child.stdout.setEncoding("utf8").on("data", keep);
  child.stderr.setEncoding("utf8").on("data", keep);
  try {
    const [status] = (await once(child, "close")) as [number | null];
    return { status: status ?? 1, output };
  } catch (error) {
    return { status: 1, output: `${command}: ${(error as Error).message}` };
  }
}
