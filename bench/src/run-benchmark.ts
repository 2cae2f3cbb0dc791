import { allCases } from "./cases/all-cases.ts";
import { isFull, type CommandLine } from "./command-line.ts";
import { allContestants } from "./contestants/all-contestants.ts";
import { fullEffort, quickEffort } from "./effort.ts";
import type { ProgressLine } from "./report/progress-line.ts";
import { hasResults, mergeResults, readResults, toResults, writeResults } from "./report/results-file.ts";
import type { CaseResult } from "./report/results.ts";
import { renderTable } from "./report/table.ts";
import { writePage } from "./report/write-page.ts";
import { runCase } from "./run-cases.ts";

/** Runs the cases that were asked for, prints their tables, and keeps the results of a full run. */
export async function runBenchmark(commandLine: CommandLine, progress: ProgressLine): Promise<void> {
  const { quick, cases, contestants, rounds, write } = commandLine;
  const base = quick ? quickEffort : fullEffort;
  const effort = rounds === undefined ? base : { ...base, rounds, spawns: rounds };
  const isChosen = ({ name, quick: isQuick }: { readonly name: string; readonly quick: boolean }): boolean =>
    cases.length > 0 ? cases.includes(name) : !quick || isQuick;
  const chosen = allContestants.filter(({ name }) => contestants.length === 0 || contestants.includes(name));
  const results: CaseResult[] = [];
  for (const benchCase of allCases.filter(isChosen)) {
    const result = await runCase(benchCase, { contestants: chosen, effort, onStep: progress.show });
    results.push(result);
    progress.clear();
    console.log(`${renderTable(result)}\n`);
  }
  const full = isFull(commandLine);
  if (!full && !write) {
    console.log("bench/results.json is as it was: this was not a full run, and --write was not given.");
    return;
  }
  const run = toResults(results, { effort, full: !quick && rounds === undefined });
  const kept = full || !hasResults() ? run : mergeResults(readResults(), run);
  writeResults(kept);
  writePage(kept);
  console.log("Wrote bench/results.json, docs/performance.md with its charts, and the table in README.md.");
}
