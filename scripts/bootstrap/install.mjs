import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Remedy, explainFailure, progress } from "./remedy.mjs";
import { capture } from "./run.mjs";

const WORKSPACE_FOLDERS = ["packages", "apps"];
const PNPM_SETTINGS = {
  // pnpm must not ask before it replaces a node_modules that another Node or pnpm made.
  CI: "true",
  // Without a network, pnpm's own settings take over a minute to say so.
  pnpm_config_fetch_retry_mintimeout: "1000",
  pnpm_config_fetch_retry_maxtimeout: "4000",
};

/**
 * Installs the dependencies with a frozen lockfile, unless the last successful install had the same lockfile, manifests
 * and Node version. The stamp is `.plinth/install.json`.
 *
 * @param {string} root The repository's folder.
 * @param {import("./toolchain.mjs").Toolchain} toolchain What to install with.
 * @returns {Promise<void>} When everything is in place.
 * @throws {Remedy} When the lockfile is out of date, the registry cannot be reached, or pnpm fails otherwise.
 */
export async function installDependencies(root, toolchain) {
  const stamp = join(root, ".plinth", "install.json");
  const fingerprint = await fingerprintOf(root);
  const last = await readStamp(stamp);
  const sameNode = last?.node === toolchain.nodeVersion;
  if (sameNode && last?.fingerprint === fingerprint && existsSync(join(root, "node_modules"))) return;

  progress("installing the dependencies");
  const args = ["install", "--frozen-lockfile", "--reporter=append-only"];
  // Native add-ons belong to one Node version; only a forced install builds them again.
  if (last !== undefined && !sameNode) args.push("--force");
  const { code, output } = await capture("pnpm", args, { cwd: root, env: { ...toolchain.env, ...PNPM_SETTINGS } });
  if (code !== 0) throw explainFailure("pnpm", output);
  await mkdir(join(root, ".plinth"), { recursive: true });
  await writeFile(stamp, JSON.stringify({ fingerprint, node: toolchain.nodeVersion }));
}

/**
 * @param {string} root
 * @returns {Promise<string>}
 */
async function fingerprintOf(root) {
  const files = ["pnpm-lock.yaml", "pnpm-workspace.yaml", "package.json", "bench/package.json"];
  for (const folder of WORKSPACE_FOLDERS) {
    const names = await readdir(join(root, folder)).catch(() => []);
    files.push(...names.map((name) => join(folder, name, "package.json")));
  }
  const hash = createHash("sha256");
  for (const file of files.filter((candidate) => existsSync(join(root, candidate)))) {
    hash
      .update(file)
      .update("\0")
      .update(await readFile(join(root, file)))
      .update("\0");
  }
  if (!existsSync(join(root, "pnpm-lock.yaml"))) {
    throw new Remedy("pnpm-lock.yaml is missing; restore it with `git checkout pnpm-lock.yaml`.");
  }
  return hash.digest("hex");
}

/**
 * @param {string} file
 * @returns {Promise<{ fingerprint: string, node: string } | undefined>}
 */
async function readStamp(file) {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch {
    return undefined;
  }
}
