import { fileURLToPath } from "node:url";
import type { BenchCase, Metric } from "../cases/case.ts";
import type { Contestant } from "../contestants/contestant.ts";
import type { Outcome, Sample } from "../measure/rotation.ts";
import { pairedRatio, spreadOf, type Spread } from "../measure/spread.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** What one contestant did at one case, or why there is nothing. */
export interface ContestantResult {
  readonly contestant: string;
  readonly reason?: string;
  readonly answerBytes?: number;
  /** The first metric against the reference's, round by round. */
  readonly ratio?: Spread;
  readonly spreads?: Readonly<Record<string, Spread>>;
  readonly samples?: readonly Sample[];
}

/** What came of one case. */
export interface CaseResult {
  readonly name: string;
  readonly title: string;
  readonly about: string;
  /** When it ended, ISO 8601. */
  readonly date: string;
  readonly metrics: readonly Metric[];
  readonly reference: string;
  readonly outcomes: readonly ContestantResult[];
}

/** Adds up the rounds of a case. */
export function toCaseResult(
  { name, title, about, metrics, reference, ratios = true }: BenchCase,
  outcomes: ReadonlyMap<Contestant, Outcome>,
): CaseResult {
  const primary = metrics[0].key;
  const referenceSamples = [...outcomes].find(([contestant]) => contestant.name === reference)?.[1];
  const referenceValues =
    referenceSamples === undefined || "reason" in referenceSamples
      ? undefined
      : column(referenceSamples.samples, primary);
  return {
    name,
    title,
    about,
    date: new Date().toISOString(),
    metrics,
    reference,
    outcomes: [...outcomes].map(([contestant, outcome]): ContestantResult => {
      if ("reason" in outcome) return { contestant: contestant.name, reason: toSentence(outcome.reason) };
      const { samples, answerBytes } = outcome;
      const values = column(samples, primary);
      const isPaired = ratios && referenceValues !== undefined && referenceValues.length === values.length;
      return {
        contestant: contestant.name,
        ...(answerBytes !== undefined && { answerBytes }),
        ...(isPaired && { ratio: roundSpread(pairedRatio(values, referenceValues)) }),
        spreads: Object.fromEntries(metrics.map(({ key }) => [key, roundSpread(spreadOf(column(samples, key)))])),
        samples: samples.map((sample) => mapValues(sample, toFourDigits)),
      };
    }),
  };
}

/** The outcomes of a case, the lowest first figure first, those without one last. */
export function inOrder({ metrics, outcomes }: CaseResult): ContestantResult[] {
  const figure = ({ spreads }: ContestantResult): number => spreads?.[metrics[0]?.key ?? ""]?.median ?? Infinity;
  return outcomes.toSorted((left, right) => figure(left) - figure(right) || 0);
}

function column(samples: readonly Sample[], key: string): number[] {
  return samples.map((sample) => sample[key] ?? Number.NaN);
}

function roundSpread({ median, min, max, mad }: Spread): Spread {
  return { median: toFourDigits(median), min: toFourDigits(min), max: toFourDigits(max), mad: toFourDigits(mad) };
}

/** A reason may quote a stack or an answer; the results are public, so the paths of this machine stay out of them. */
function toSentence(reason: string): string {
  const line = reason.replaceAll(root, "").replaceAll(/\s+/g, " ").trim();
  return line.length > 300 ? `${line.slice(0, 297)}...` : line;
}

function mapValues(sample: Sample, change: (value: number) => number): Sample {
  return Object.fromEntries(Object.entries(sample).map(([key, value]) => [key, change(value)]));
}

/** More digits than that are noise, and make every diff of the results longer. */
function toFourDigits(value: number): number {
  return Number(value.toPrecision(4));
}
