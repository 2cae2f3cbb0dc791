import { type Cell, columnIndex, type Table } from "../store/dataset.ts";
import { type QualityCheck, toChecks } from "./quality-checks.ts";
import type { QualityRules } from "./quality-rules.ts";

/** Options for {@link assessQuality}. */
export interface AssessQualityOptions {
  /** Records described in `findings` at most; the counts are always the full ones. @default 50 */
  maxFindings?: number | undefined;
}

/** How good the records of a table are. */
export interface QualityAssessment {
  recordCount: number;
  /** Records that break no rule. */
  validCount: number;
  invalidCount: number;
  /** 0 to 100: the share of checks (rules times records) that passed, in percent with one decimal. */
  score: number;
  /** Each rule with the number of records that break it, the most broken first. */
  rules: { rule: QualityCheck["rule"]; column: string; expectation: string; failures: number }[];
  /** The first invalid records: their number in the data set (from 1) and what is wrong with them. */
  findings: { record: number; problems: { column: string; value: Cell; expectation: string }[] }[];
  recommendations: string[];
}

/**
 * Checks every record of a table against the rules.
 *
 * @throws DataError `INVALID` when a rule names a column that is not there.
 */
export function assessQuality(
  table: Table,
  rules: QualityRules,
  { maxFindings = 50 }: AssessQualityOptions = {},
): QualityAssessment {
  const checks = toChecks(rules, table.columns);
  const failures = new Map(checks.map((check) => [check, 0]));
  const findings: QualityAssessment["findings"] = [];
  let invalidCount = 0;

  for (const [position, row] of table.rows.entries()) {
    const broken = checks.filter((check) => !check.passes(row));
    if (broken.length === 0) continue;
    invalidCount += 1;
    for (const check of broken) failures.set(check, (failures.get(check) ?? 0) + 1);
    if (findings.length === maxFindings) continue;
    const problems = broken.map(({ column, expectation }) => {
      return { column, value: row[columnIndex(table.columns, column)] ?? null, expectation };
    });
    findings.push({ record: position + 1, problems });
  }

  const recordCount = table.rows.length;
  const made = checks.length * recordCount;
  const failed = [...failures.values()].reduce((sum, count) => sum + count, 0);
  const outcomes = [...failures]
    .map(([{ rule, column, expectation }, count]) => ({ rule, column, expectation, failures: count }))
    .toSorted((a, b) => b.failures - a.failures);
  return {
    recordCount,
    validCount: recordCount - invalidCount,
    invalidCount,
    score: made === 0 ? 100 : roundScore(failed, made),
    rules: outcomes,
    findings,
    recommendations: toRecommendations(outcomes, recordCount),
  };
}

/** One decimal, rounded down: a single failure in a million must not read as 100. */
function roundScore(failed: number, made: number): number {
  return Math.floor((1_000 * (made - failed)) / made) / 10;
}

const advice: Record<QualityCheck["rule"], string> = {
  required: "fill it in at the source, or drop or fill those records with a transformation",
  type: "convert the column to one type, or correct those values",
  range: "check those values against the source; they may be typing errors or a wrong unit or century",
  custom: "check those records against the source",
};

function toRecommendations(outcomes: QualityAssessment["rules"], recordCount: number): string[] {
  const broken = outcomes.filter(({ failures }) => failures > 0);
  if (broken.length === 0) return ["Every record passes every rule; nothing needs to be done."];
  return broken.slice(0, 10).map(({ rule, expectation, failures }) => {
    const share = ((100 * failures) / recordCount).toFixed(1);
    return `${failures} of ${recordCount} records (${share} %) break the rule: ${expectation}. Advice: ${advice[rule]}.`;
  });
}
