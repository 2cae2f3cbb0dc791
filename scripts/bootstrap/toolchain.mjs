import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { Remedy, explainFailure, progress } from "./remedy.mjs";
import { capture } from "./run.mjs";

const NODE_MAJOR = 24;
const PNPM_MAJOR = 12;

/**
 * The Node and pnpm that everything runs with.
 *
 * @typedef {object} Toolchain
 * @property {string} node Absolute path of the Node binary.
 * @property {string} nodeVersion Its version, such as `24.21.0`.
 * @property {NodeJS.ProcessEnv} env Our environment with this Node and pnpm first on the path.
 */

/**
 * Finds Node >= 24 and pnpm >= 12: the machine's own when they are new enough, otherwise copies from the npm registry,
 * kept in `.plinth/toolchain` and fetched once.
 *
 * @param {string} root The repository's folder.
 * @returns {Promise<Toolchain>} The toolchain, ready to run.
 * @throws {Remedy} When npm, the network or a build of Node for this machine is missing.
 */
export async function findToolchain(root) {
  const folder = join(root, ".plinth", "toolchain");
  const ownNode = Number(process.versions.node.split(".")[0]) >= NODE_MAJOR;
  const fetched = join(folder, "node_modules");
  const wanted = [];
  if (!ownNode) wanted.push(`${nodePackage()}@${NODE_MAJOR}`);
  if (existsSync(join(fetched, "pnpm")) || !(await hasOwnPnpm())) wanted.push(`pnpm@${PNPM_MAJOR}`);

  if (wanted.length > 0 && !(await isReady(folder, wanted))) await fetchToolchain(folder, wanted);

  const node = ownNode ? process.execPath : nodeBinary(fetched);
  const nodeVersion = ownNode ? process.versions.node : await fetchedNodeVersion(fetched);
  const path = [join(fetched, ".bin"), dirname(node), process.env.PATH ?? ""];
  return { node, nodeVersion, env: { ...process.env, PATH: path.join(delimiter) } };
}

/** @returns {string} The npm package that carries Node for this machine; unlike `node` itself it runs no install script. */
function nodePackage() {
  const platform = process.platform === "win32" ? "win" : process.platform;
  const prefix = process.platform === "darwin" && process.arch === "arm64" ? "node-bin" : "node";
  return `${prefix}-${platform}-${process.arch}`;
}

/** @param {string} modules */
function nodeBinary(modules) {
  return join(modules, nodePackage(), "bin", process.platform === "win32" ? "node.exe" : "node");
}

/**
 * @param {string} modules
 * @returns {Promise<string>}
 */
async function fetchedNodeVersion(modules) {
  return JSON.parse(await readFile(join(modules, nodePackage(), "package.json"), "utf8")).version;
}

async function hasOwnPnpm() {
  try {
    // Corepack's pnpm would otherwise ask a question that nobody can see.
    const env = { ...process.env, COREPACK_ENABLE_DOWNLOAD_PROMPT: "0" };
    const { code, output } = await capture("pnpm", ["--version"], { env });
    return code === 0 && Number(output.trim().split(".")[0]) >= PNPM_MAJOR;
  } catch {
    return false;
  }
}

/**
 * @param {string} folder
 * @param {string[]} wanted
 */
async function isReady(folder, wanted) {
  try {
    /** @type {string[]} */
    const ready = JSON.parse(await readFile(join(folder, "ready.json"), "utf8"));
    return wanted.every((specifier) => ready.includes(specifier));
  } catch {
    return false;
  }
}

/**
 * Fetches into a folder of its own and renames at the end, so that an interrupted fetch never looks complete.
 *
 * @param {string} folder
 * @param {string[]} wanted
 */
async function fetchToolchain(folder, wanted) {
  progress(`getting ${wanted.join(" and ")} from the npm registry (only the first time)`);
  const partial = `${folder}.${process.pid}`;
  await mkdir(partial, { recursive: true });
  try {
    await writeFile(join(partial, "package.json"), '{ "private": true }\n');
    await npmInstall(partial, wanted);
    const modules = join(partial, "node_modules");
    const node = existsSync(nodeBinary(modules)) ? nodeBinary(modules) : process.execPath;
    await assertRuns(node, ["--version"]);
    // pnpm's own install script, run by hand: it puts the native binary in place, and npm may be set to skip scripts.
    if (existsSync(join(modules, "pnpm"))) await assertRuns(node, [join(modules, "pnpm", "install.js")]);
    await writeFile(join(partial, "ready.json"), JSON.stringify(wanted));
    await rm(folder, { recursive: true, force: true });
    await rename(partial, folder);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/**
 * @param {string} folder
 * @param {string[]} specifiers
 */
async function npmInstall(folder, specifiers) {
  const retries = ["--fetch-retries=2", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=4000"];
  const flags = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", ...retries];
  const args = ["install", "--prefix", folder, ...flags, ...specifiers];
  const script = process.env.npm_execpath;
  const npm = script?.endsWith("npm-cli.js") ? [process.execPath, script] : ["npm"];
  const { code, output } = await capture(npm[0] ?? "npm", [...npm.slice(1), ...args], { cwd: folder }).catch(
    (error) => {
      if (error.cause?.code !== "ENOENT") throw error;
      throw new Remedy(
        "npm is not on the path; install it (it comes with Node) or install Node 24 and pnpm 12 yourself.",
      );
    },
  );
  if (code === 0) return;
  if (/EBADPLATFORM|E404/.test(output)) throw unsupportedMachine();
  throw explainFailure("npm", output);
}

/**
 * @param {string} node
 * @param {string[]} args
 */
async function assertRuns(node, args) {
  const result = await capture(node, args).catch(() => ({ code: 1 }));
  if (result.code !== 0) throw unsupportedMachine();
}

function unsupportedMachine() {
  const machine = `${process.platform} on ${process.arch}`;
  return new Remedy(
    `There is no ready-made Node 24 and pnpm 12 for ${machine}; install both yourself and run this again.`,
  );
}
