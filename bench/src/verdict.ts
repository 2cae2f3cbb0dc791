import { median } from "simple-statistics";
import { usualHeadRoom, type Budget, type Figure } from "./budgets.ts";

/** What was found out about one budget. */
export interface Verdict {
  readonly budget: Budget;
  /** The median over the rounds, or undefined when a figure could not be measured. */
  readonly value: number | undefined;
  /** Why it could not. */
  readonly reason?: string;
}

/** The rounds of a figure in order, or why there are none. */
export type Rounds = readonly number[] | { readonly reason: string };

/** Works out what a budget is about, round by round, from figures that were taken in turns. */
export function judge(budget: Budget, roundsOf: (figure: Figure) => Rounds): Verdict {
  const { of, minus, against } = budget;
  const [values, subtracted, divided] = [of, minus, against].map((figure) => figure && roundsOf(figure));
  for (const rounds of [values, subtracted, divided]) {
    if (rounds !== undefined && "reason" in rounds) return { budget, value: undefined, reason: rounds.reason };
  }
  const at = (rounds: Rounds | undefined, round: number): number | undefined =>
    rounds === undefined || "reason" in rounds ? undefined : rounds[round];
  const ratios = ((values ?? []) as readonly number[]).map(
    (value, round) => (value - (at(subtracted, round) ?? 0)) / (at(divided, round) ?? 1),
  );
  if (ratios.length === 0) return { budget, value: undefined, reason: "no round was measured" };
  return { budget, value: median(ratios) };
}

/** Whether a budget holds as it is promised. */
export function isKept({ budget, value }: Verdict): boolean {
  return isWithin(value, budget);
}

/** Whether a budget holds with the guard's head-room. One that is only told always does. */
export function passesGuard({ budget, value }: Verdict): boolean {
  return budget.reportOnly === true || isWithin(value, { ...budget, limit: guardLimit(budget) });
}

/** What the guard compares with. */
export function guardLimit({ limit, headRoom = usualHeadRoom }: Budget): number {
  return limit * headRoom;
}

/** A figure that is no ratio may be off in both directions. */
function isWithin(value: number | undefined, { against, limit }: Pick<Budget, "limit"> & Partial<Budget>): boolean {
  if (value === undefined) return false;
  return (against === undefined ? Math.abs(value) : value) <= limit;
}
