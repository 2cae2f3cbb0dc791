import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { sandboxArguments } from "./bubblewrap-backend.ts";
import { sharedLibraries } from "./shared-libraries.ts";

/** A bubblewrap that works. */
export interface Bubblewrap {
  /** Path of `bwrap`. */
  readonly command: string;
  /** What `node` needs to start, its loader among them. */
  readonly libraries: readonly string[];
}

/** Whether bubblewrap can be used here. */
export type BubblewrapProbe =
  | (Bubblewrap & { readonly works: true })
  | { readonly works: false; readonly reason: string };

/** Looks for `bwrap` and starts `node` in it once: installed is not enough where user namespaces are forbidden. */
export function probeBubblewrap(): BubblewrapProbe {
  if (process.platform !== "linux") return { works: false, reason: "it is for Linux only" };
  const command = findCommand();
  if (command === undefined) return { works: false, reason: "there is no bwrap on the PATH" };
  const node = process.execPath;
  const program = { node, nodeOptions: ["--version"], file: "", args: [], reads: [] };
  const libraries = sharedLibraries([node]);
  const args = sandboxArguments(program, libraries, false);
  const { status, stderr, error } = spawnSync(command, args, { env: {}, encoding: "utf8", timeout: 5_000, cwd: "/" });
  if (status === 0) return { works: true, command, libraries };
  return { works: false, reason: error?.message ?? (stderr.trim().split("\n", 1)[0] || `it ended with ${status}`) };
}

function findCommand(): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder.startsWith("/"));
  return [...folders, "/usr/bin"]
    .map((folder) => join(folder, "bwrap"))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
