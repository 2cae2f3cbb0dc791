import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

/** Where libraries are when nothing tells which are needed. */
const everywhere = ["/lib", "/lib64", "/usr/lib", "/usr/lib64"];

/** The shared libraries that binaries load, the loader among them, as `ldd` knows them. */
export function sharedLibraries(binaries: readonly string[]): string[] {
  const { stdout, status } = spawnSync("ldd", binaries.filter(Boolean), { encoding: "utf8", timeout: 5_000 });
  if (status !== 0) return everywhere.filter((path) => existsSync(path));
  const paths = [...stdout.matchAll(/(?:=> |^\s+)(\/\S+) \(0x/gm)].flatMap((match) => match[1] ?? []);
  return [...new Set(paths)];
}
