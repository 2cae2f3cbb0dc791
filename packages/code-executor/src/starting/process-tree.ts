import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { setPriority } from "node:os";
import type { SandboxUsage } from "../backends/sandbox-backend.ts";

/** Linux counts CPU time in these everywhere. */
const tickMs = 10;
let pageBytes: number | undefined;

/** A process and everything it has started, by `/proc`; itself alone where there is none. */
export function processTree(pid: number): number[] {
  const tree = [pid];
  for (let index = 0; index < tree.length; index += 1) {
    tree.push(...words(`/proc/${tree[index]}/task/${tree[index]}/children`).map(Number));
  }
  return tree;
}

/** What processes use together; `undefined` where there is no `/proc`. Some 20 microseconds each. */
export function usageOf(pids: readonly number[]): SandboxUsage | undefined {
  let [ticks, pages, seen] = [0, 0, false];
  for (const pid of pids) {
    const stat = textOf(`/proc/${pid}/stat`);
    // The name of the command stands in brackets and may hold anything, so the fields are counted from its end.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields.length < 22) continue;
    seen = true;
    ticks += Number(fields[11]) + Number(fields[12]);
    pages += Number(fields[21]);
  }
  return seen ? { cpuMs: ticks * tickMs, rssBytes: pages * (pageBytes ??= bytesOfPage()) } : undefined;
}

/**
 * Makes processes give way to whatever else wants to run. Linux keeps priorities by thread, and where sessions are scheduled
 * as groups it is the group's priority that counts.
 */
export function yieldCpuOf(pids: readonly number[], niceness: number): void {
  for (const pid of pids) {
    attempt(() => writeFileSync(`/proc/${pid}/autogroup`, String(niceness)));
    for (const thread of threadsOf(pid)) attempt(() => setPriority(thread, niceness));
  }
}

/** What a page is differs by machine and nothing tells, but the same figure in both units does. */
function bytesOfPage(): number {
  const pages = Number(textOf("/proc/self/statm").split(" ")[1]);
  return 2 ** Math.round(Math.log2(process.memoryUsage.rss() / pages));
}

function threadsOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number);
  } catch {
    return [pid];
  }
}

function attempt(act: () => void): void {
  try {
    act();
  } catch {
    // Gone meanwhile, or not supported: the limits hold without it.
  }
}

function words(path: string): string[] {
  return textOf(path).split(" ").filter(Boolean);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
