import { isConcerned, reasonAgainst, type BenchCase, type Effort } from "./cases/case.ts";
import type { Contestant } from "./contestants/contestant.ts";
import { measureInRotation, type Outcome, type Subject } from "./measure/rotation.ts";
import { toCaseResult, type CaseResult } from "./report/results.ts";

/** Options for {@link runCase}. */
export interface RunCaseOptions {
  readonly contestants: readonly Contestant[];
  readonly effort: Effort;
  readonly onStep: (text: string) => void;
}

interface CaseSubject extends Subject {
  readonly contestant: Contestant;
}

/** Measures one case: who can take part is measured in rotation, who cannot gets the reason. */
export async function runCase(
  benchCase: BenchCase,
  { contestants, effort, onStep }: RunCaseOptions,
): Promise<CaseResult> {
  const outcomes = new Map<Contestant, Outcome>();
  const subjects: CaseSubject[] = [];
  for (const contestant of contestants) {
    if (!isConcerned(contestant, benchCase)) continue;
    const reason = reasonAgainst(contestant, benchCase);
    outcomes.set(contestant, { reason: reason ?? "was not measured" });
    if (reason === undefined) subjects.push(toSubject(benchCase, { contestant, effort }));
  }
  const measured = await measureInRotation(subjects, { rounds: benchCase.rounds(effort), onStep });
  for (const [{ contestant }, outcome] of measured) outcomes.set(contestant, outcome);
  return toCaseResult(benchCase, outcomes);
}

/** One contestant at one case, ready for a rotation. */
export function toSubject(
  benchCase: BenchCase,
  { contestant, effort }: { readonly contestant: Contestant; readonly effort: Effort },
): CaseSubject {
  const label = `${benchCase.name}, ${contestant.name}`;
  return { label, contestant, open: () => benchCase.open(contestant, effort) };
}
