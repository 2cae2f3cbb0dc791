import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { readAudit } from "./supply-chain/advisories.ts";
import { allowedAdvisories } from "./supply-chain/allowed-advisories.ts";
import { type LicenceReport, licenceProblems } from "./supply-chain/licences.ts";

// The licences and the known vulnerabilities of what runs in production. An audit that the registry does not answer is
// told by name and lets this pass, unless PLINTH_REQUIRE_AUDIT=1: a mirror may have no such endpoint.
const root = join(import.meta.dirname, "..");
const isRequired = process.env["PLINTH_REQUIRE_AUDIT"] === "1";

const licences = await pnpm(["--recursive", "licenses", "list", "--prod", "--json"]);
if (licences.code !== 0) throw new Error(`pnpm licenses failed:\n${licences.errors}`);
const report = JSON.parse(licences.output) as LicenceReport;
const problems = licenceProblems(report);
const count = Object.values(report).reduce((sum, packages) => sum + packages.length, 0);
if (count === 0) problems.push("pnpm licenses found no package: install first.");
console.log(`licences: ${count} packages in production, ${problems.length} problems`);

const audit = await pnpm(["audit", "--prod", "--json"]);
const { verdict, lines } = readAudit(audit.output, { allowed: allowedAdvisories, now: Date.now() });
for (const line of [...problems, ...lines]) console.log(`  ${line}`);
if (verdict === "unknown") {
  const reason = audit.errors.replaceAll(/[\s│×╰─▶├]+/g, " ").trim();
  console.log(`audit: NOT DONE, so nothing is known about vulnerabilities. The registry did not tell: ${reason}`);
} else {
  console.log(`audit: ${verdict}`);
}
if (problems.length > 0 || verdict === "vulnerable" || (verdict === "unknown" && isRequired)) process.exitCode = 1;

async function pnpm(args: readonly string[]): Promise<{ code: number; output: string; errors: string }> {
  try {
    const { stdout } = await promisify(execFile)("pnpm", args, { cwd: root, maxBuffer: 64 * 1024 * 1024 });
    return { code: 0, output: stdout, errors: "" };
  } catch (error) {
    const { code, stdout = "", stderr = "" } = error as { code?: number | string; stdout?: string; stderr?: string };
    if (typeof code !== "number") throw error;
    return { code, output: stdout, errors: stderr };
  }
}
