import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getReleasePlan } from "@changesets/get-release-plan";
import { packAll } from "./publishing/tarballs.ts";
import { readWorkspace } from "./repository/workspace.ts";
import { writeBillsOfMaterials } from "./supply-chain/bills-of-materials.ts";

// `pnpm release` publishes what changesets has versioned; with `--dry-run` it shows what that would be and sends nothing.
const root = join(import.meta.dirname, "..");
const dryRun = process.argv.includes("--dry-run");
const plan = await getReleasePlan(root);
const nextVersions = new Map(plan.releases.map(({ name, newVersion }) => [name, newVersion]));

if (!dryRun && plan.changesets.length > 0) {
  console.error(`${pendingCount()} still to be applied; run \`pnpm changeset version\`, commit, and release again.`);
  process.exitCode = 1;
} else {
  await buildFromScratch();
  if (dryRun) await show();
  else await publish();
}

/** Deletes every `dist` first: the compiler leaves the output of renamed files behind, and that must not be published. */
async function buildFromScratch(): Promise<void> {
  for (const { folder } of readWorkspace(root).packages) {
    const dist = join(root, folder, "dist");
    if (existsSync(dist)) await rm(dist, { recursive: true });
  }
  run(join(root, "scripts", "build.ts"), ["--force"]);
}

/** Publishes with provenance, which the registry takes from a build service alone: docs/guides/supply-chain.md. */
async function publish(): Promise<void> {
  const folder = join(root, ".plinth", "sbom");
  await rm(folder, { recursive: true, force: true });
  const bills = await writeBillsOfMaterials(root, folder);
  console.log(`${bills.length} bills of materials, to attach to the release, are in ${folder}`);
  const provenance = { NPM_CONFIG_PROVENANCE: process.env["NPM_CONFIG_PROVENANCE"] ?? "true" };
  run(join(root, "node_modules", "@changesets", "cli", "bin.js"), ["publish"], provenance);
}

async function show(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "plinth-release-"));
  try {
    const tarballs = await packAll(root, folder);
    for (const { name, version, size, files } of tarballs) {
      const next = nextVersions.get(name);
      const unpacked = [...files.values()].reduce((sum, bytes) => sum + bytes, 0);
      console.log(`\n${name} ${next === undefined ? version : `${next} (now ${version})`}`);
      console.log(`  ${files.size} files, ${kilobytes(size)} packed, ${kilobytes(unpacked)} unpacked`);
      for (const [path, bytes] of files) console.log(`  ${kilobytes(bytes).padStart(10)}  ${path}`);
    }
    console.log("\nBills of materials (CycloneDX), to attach to the release:");
    for (const { file, components } of await writeBillsOfMaterials(root, join(folder, "sbom"))) {
      console.log(`  ${file}: ${components} packages`);
    }
    console.log(`\n${tarballs.length} packages would be published. Nothing was.`);
    if (plan.changesets.length > 0) console.log(`First, \`pnpm changeset version\` applies ${pendingCount()}.`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function run(script: string, args: readonly string[], more: Readonly<Record<string, string>> = {}): void {
  execFileSync(process.execPath, [script, ...args], { cwd: root, stdio: "inherit", env: { ...process.env, ...more } });
}

function pendingCount(): string {
  return plan.changesets.length === 1 ? "1 changeset" : `${plan.changesets.length} changesets`;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
