import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { bundlePackage } from "./building/bundle-package.ts";

// `pnpm build`: the compiler checks every source and writes the packages' declarations and the apps' JavaScript, then the
// bundler writes the packages' JavaScript. Arguments go to the compiler; --force has it write what it takes for current.
const root = join(import.meta.dirname, "..");
const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
const { status } = spawnSync(process.execPath, [compiler, "-b", root, ...process.argv.slice(2)], { stdio: "inherit" });
if (status === 0) {
  const packages = readdirSync(join(root, "packages")).map((name) => join(root, "packages", name));
  await Promise.all(packages.map(bundlePackage));
}
process.exitCode = status ?? 1;
