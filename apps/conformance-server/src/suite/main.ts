/**
 * Runs the official conformance suite against the conformance server, on each lane; see `sets.ts` for what has to come
 * out.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startServerProcess } from "../server-process.ts";
import { countPassed, findDeviations, type Deviation } from "./deviations.ts";
import { runSet, type SetOutcome } from "./run-set.ts";
import { conformanceSets, type ConformanceSet } from "./sets.ts";
import { formatSummary, type SummaryRow } from "./summary.ts";

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    lane: { type: "string", multiple: true, default: ["direct", "sdk"] },
  },
});
const chosen = conformanceSets.filter(({ name }) => name.includes(values.only));
const results = await mkdtemp(join(tmpdir(), "plinth-conformance-"));
const rows: SummaryRow[] = [];

for (const lane of values.lane) {
  await using server = await startServerProcess([
    ...process.execArgv,
    fileURLToPath(new URL("../main.ts", import.meta.url)),
    `--lane=${lane}`,
  ]);
  for (const [index, set] of chosen.entries()) {
    rows.push(await check(set, { lane, url: server.url, resultsDirectory: join(results, `${lane}-${index}`) }));
  }
}

const passed = rows.reduce((sum, row) => sum + row.passed, 0);
const failed = rows.reduce((sum, row) => sum + row.failed, 0);
print(`\n${formatSummary(rows)}\n`);
if (failed === 0) await rm(results, { recursive: true });
else print(`Every check is in ${results}`);
print(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && chosen.length > 0 ? 0 : 1;

async function check(
  set: ConformanceSet,
  { lane, ...options }: { readonly lane: string; readonly url: string; readonly resultsDirectory: string },
): Promise<SummaryRow> {
  const name = `${set.name} (${lane} lane)`;
  print(`\n${name}`);
  const started = performance.now();
  const outcome = await runSet(set, { ...options, onScenario: (scenario) => print(`  ${scenario}`) });
  const deviations = findDeviations(set, outcome);
  for (const deviation of deviations) explain(deviation, outcome);
  return {
    set: name,
    scenarios: outcome.scenarios.length,
    passed: countPassed(set, outcome),
    failed: countFailed(set, outcome, deviations),
    expectedFailures: set.expectedFailures.length,
    seconds: Math.round((performance.now() - started) / 1000),
  };
}

/** Failed checks, and whatever else is not as it should be; never 0 for a set that did not pass. */
function countFailed(set: ConformanceSet, { scenarios }: SetOutcome, deviations: readonly Deviation[]): number {
  const unexpected = scenarios.filter(({ scenario }) => !set.expectedFailures.includes(scenario));
  const checks = unexpected.reduce((sum, { failed }) => sum + failed, 0);
  return Math.max(checks, deviations.length);
}

function explain({ message, scenario }: Deviation, outcome: SetOutcome): void {
  print(`  FAILED ${message}`);
  const explaining = outcome.scenarios.find((candidate) => candidate.scenario === scenario);
  const checks = explaining?.checks.filter(({ status }) => status === "FAILURE") ?? [];
  for (const { id, description, errorMessage } of checks) print(`    ${id}: ${errorMessage ?? description}`);
  if (checks.length === 0) for (const line of (explaining ?? outcome).output.slice(-20)) print(`    ${line}`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
