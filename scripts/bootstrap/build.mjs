import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Remedy, progress } from "./remedy.mjs";
import { capture } from "./run.mjs";

/**
 * Compiles and bundles every project that the root `tsconfig.json` refers to, as `pnpm build` does (half a second when all
 * is current).
 *
 * @param {string} root The repository's folder.
 * @param {import("./toolchain.mjs").Toolchain} toolchain What to build with.
 * @returns {Promise<void>} When `dist` is current everywhere.
 * @throws {Remedy} When the sources do not compile; its output is on stderr then.
 */
export async function build(root, toolchain) {
  const solution = JSON.parse(await readFile(join(root, "tsconfig.json"), "utf8"));
  /** @type {string[]} */
  const projects = solution.references.map((/** @type {{ path: string }} */ reference) => reference.path);
  const complete = projects.every((project) => existsSync(join(root, project, "dist")));
  const args = [join(root, "scripts", "build.ts")];
  if (!complete) {
    progress("building");
    // The compiler trusts its own record and would not notice a deleted dist folder.
    args.push("--force");
  }
  const { code, output } = await capture(toolchain.node, args, { cwd: root, env: toolchain.env });
  if (code === 0) return;
  process.stderr.write(output);
  throw new Remedy("The sources do not compile; fix the errors above and run this again.");
}
