import type { Budget, Figure } from "./budgets.ts";
import { reasonAgainst, type BenchCase, type Effort } from "./cases/case.ts";
import type { Contestant } from "./contestants/contestant.ts";
import { measureInRotation, type Outcome, type Sample } from "./measure/rotation.ts";
import { toSubject } from "./run-cases.ts";
import { judge, type Verdict } from "./verdict.ts";

/** Options for {@link measureBudgets}. */
export interface MeasureBudgetsOptions {
  readonly cases: readonly BenchCase[];
  readonly contestants: readonly Contestant[];
  readonly effort: Effort;
  readonly onStep: (text: string) => void;
}

/**
 * Measures what the budgets compare. Cases with the same number of rounds share one rotation, so that every ratio is of
 * two figures of one round, taken within seconds.
 */
export async function measureBudgets(
  budgets: readonly Budget[],
  { cases, contestants, effort, onStep }: MeasureBudgetsOptions,
): Promise<Verdict[]> {
  const figures = new Map<string, Figure>(budgets.flatMap(figuresOf).map((figure) => [keyOf(figure), figure]));
  const subjects = [...figures].map(([key, figure]) => {
    const benchCase = found(cases, figure.case);
    const contestant = found(contestants, figure.contestant);
    const reason = reasonAgainst(contestant, benchCase);
    if (reason !== undefined) throw new Error(`A budget names ${key}, but it ${reason}`);
    return {
      ...toSubject(benchCase, { contestant, effort }),
      key,
      kind: kindOf(benchCase),
      rounds: benchCase.rounds(effort),
    };
  });
  const outcomes = new Map<string, Outcome>();
  for (const group of Map.groupBy(subjects, ({ rounds, kind }) => `${kind} ${rounds}`).values()) {
    const measured = await measureInRotation(group, { rounds: group[0]?.rounds ?? 0, onStep });
    for (const [{ key }, outcome] of measured) outcomes.set(key, outcome);
  }
  return budgets.map((budget) =>
    judge(budget, (figure) => {
      const outcome = outcomes.get(keyOf(figure)) ?? { reason: "was not measured" };
      return "reason" in outcome
        ? outcome
        : toRounds(outcome.samples, figure.metric ?? found(cases, figure.case).metrics[0].key);
    }),
  );
}

function toRounds(samples: readonly Sample[], metric: string): number[] {
  return samples.map((sample) => sample[metric] ?? Number.NaN);
}

function figuresOf({ of, minus, against }: Budget): Figure[] {
  return [of, minus, against].filter((figure) => figure !== undefined);
}

function keyOf({ case: name, contestant }: Figure): string {
  return `${name}, ${contestant}`;
}

/** Loads of one kind go in one rotation: processes that are spawned for others would disturb them. */
function kindOf({ needs }: BenchCase): string {
  return needs[0] ?? "";
}

function found<Item extends { readonly name: string }>(items: readonly Item[], name: string): Item {
  const item = items.find((candidate) => candidate.name === name);
  if (item === undefined) throw new Error(`A budget names "${name}", which does not exist`);
  return item;
}
