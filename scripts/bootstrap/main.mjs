import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "./build.mjs";
import { installDependencies } from "./install.mjs";
import { Remedy, progress, toSentence } from "./remedy.mjs";
import { run } from "./run.mjs";
import { findToolchain } from "./toolchain.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Runs one bootstrap command: `start` (the example server), `test` (every test), or `exec` (any program, with Node 24
 * and pnpm 12 first on the path). Arguments after the command are passed on to what it runs.
 *
 * @param {string[]} argv The command and its arguments.
 * @returns {Promise<number>} The exit code; 1 after one sentence on stderr when something is missing.
 */
export async function main([command, ...rest]) {
  const args = rest[0] === "--" ? rest.slice(1) : rest;
  try {
    if (command === "start") return await start(args);
    if (command === "test") return await test(args);
    if (command === "exec") return await exec(args);
    throw new Remedy(
      `There is no command "${command ?? ""}"; use start, test, or exec with a program and its arguments.`,
    );
  } catch (error) {
    progress(toSentence(error));
    return 1;
  }
}

/** @param {string[]} args */
async function start(args) {
  const entry = join(ROOT, "apps", "example-server", "dist", "main.js");
  const toolchain = await prepare();
  await build(ROOT, toolchain);
  if (!existsSync(entry)) {
    throw new Remedy("The example server has no src/main.ts; restore it with `git checkout apps`.");
  }
  return run(toolchain.node, [entry, ...args], toolchain.env);
}

/** @param {string[]} args */
async function test(args) {
  const toolchain = await prepare();
  await build(ROOT, toolchain);
  const vitest = join(ROOT, "node_modules", "vitest", "vitest.mjs");
  return run(toolchain.node, [vitest, "run", "--root", ROOT, ...args], toolchain.env);
}

/** @param {string[]} args */
async function exec([program, ...args]) {
  if (program === undefined) throw new Remedy("exec needs a program to run, such as `exec pnpm check`.");
  const toolchain = await prepare();
  return run(program, args, toolchain.env);
}

async function prepare() {
  const toolchain = await findToolchain(ROOT);
  await installDependencies(ROOT, toolchain);
  return toolchain;
}
