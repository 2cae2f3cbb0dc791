import { budgets } from "./budgets.ts";
import { allCases } from "./cases/all-cases.ts";
import { allContestants } from "./contestants/all-contestants.ts";
import { guardEffort } from "./effort.ts";
import { measureBudgets } from "./measure-budgets.ts";
import { formatFigure } from "./report/format-figure.ts";
import type { ProgressLine } from "./report/progress-line.ts";
import { guardLimit, passesGuard, type Verdict } from "./verdict.ts";

/** How much more a budget gets that was broken at the first attempt. */
const retryFactor = 2;

/**
 * Checks every budget; a broken one gets a second attempt with more rounds, because a busy minute looks just like slow
 * code. Prints one line for each and the sum.
 *
 * @returns Whether all hold
 */
export async function guard({
  rounds,
  progress,
}: {
  rounds: number | undefined;
  progress: ProgressLine;
}): Promise<boolean> {
  const effort = rounds === undefined ? guardEffort : { ...guardEffort, rounds, spawns: rounds };
  const options = { cases: allCases, contestants: allContestants, onStep: progress.show };
  const verdicts = await measureBudgets(budgets, { ...options, effort });
  const broken = verdicts.filter((verdict) => !passesGuard(verdict));
  if (broken.length > 0) {
    progress.clear();
    for (const verdict of broken) console.log(`again: ${describe(verdict)}`);
    const more = { ...effort, rounds: effort.rounds * retryFactor, spawns: effort.spawns * retryFactor };
    const retried = await measureBudgets(
      broken.map(({ budget }) => budget),
      { ...options, effort: more },
    );
    for (const verdict of retried) verdicts[verdicts.findIndex(({ budget }) => budget === verdict.budget)] = verdict;
  }
  progress.clear();
  for (const verdict of verdicts) console.log(`${toWord(verdict)} ${describe(verdict)}`);
  const judged = verdicts.filter(({ budget }) => budget.reportOnly !== true);
  const passed = judged.filter(passesGuard).length;
  console.log(`${passed} passed, ${judged.length - passed} failed`);
  return passed === judged.length;
}

function describe({ budget, value, reason }: Verdict): string {
  const measured = value === undefined ? `not measured: ${reason}` : formatFigure(value);
  const judged = budget.reportOnly === true ? "" : `, guarded at ${formatFigure(guardLimit(budget))}`;
  return `${budget.title}: ${measured} (budget ${formatFigure(budget.limit)}${judged})`;
}

function toWord(verdict: Verdict): string {
  if (verdict.budget.reportOnly === true) return "told";
  return passesGuard(verdict) ? "pass" : "FAIL";
}
