import { hash, randomBytes } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { temporaryPrefix } from "../paths/name-problem.ts";

/** After this long a temporary file is nobody's any more, whoever made it. */
const abandonedAfterMs = 24 * 60 * 60 * 1000;

const shape = new RegExp(`^${temporaryPrefix.replaceAll(".", "\\.")}([0-9a-f]{8})-([0-9a-z]{1,8})-[0-9a-f]{16}$`);

/** A name that nobody can guess, and that says which process it belongs to. */
export function temporaryName(): string {
  return `${ownPrefix()}${randomBytes(8).toString("hex")}`;
}

/** Whether it is the name of a temporary file of this process. */
export function isOwnTemporary(name: string): boolean {
  return name.startsWith(ownPrefix());
}

function ownPrefix(): string {
  return `${temporaryPrefix}${machine()}-${process.pid.toString(36)}-`;
}

/**
 * Whether a temporary file was left behind by a process that has died. A process of another machine or container cannot
 * be asked, so its file has to be a day old.
 */
export function isAbandoned(name: string, modified: Date): boolean {
  const match = shape.exec(name);
  if (match === null) return false;
  const [, origin, owner] = match;
  if (Date.now() - modified.getTime() > abandonedAfterMs) return true;
  return origin === machine() && !isRunning(Number.parseInt(owner ?? "", 36));
}

function isRunning(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

let known: string | undefined;

/** Tells machines, boots and containers apart: within one, a process id means one process. */
function machine(): string {
  known ??= hash("sha256", [hostname(), ...bootAndNamespace()].join("\n"), "hex").slice(0, 8);
  return known;
}

function bootAndNamespace(): string[] {
  try {
    return [readFileSync("/proc/sys/kernel/random/boot_id", "utf8"), readlinkSync("/proc/self/ns/pid")];
  } catch {
    return [];
  }
}
