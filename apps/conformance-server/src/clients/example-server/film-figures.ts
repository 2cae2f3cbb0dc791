import { readFileSync } from "node:fs";

/** What a column of the films amounts to, in the terms of the example server's analysis. */
export interface FilmFigures {
  readonly rowCount: number;
  readonly count: number;
  readonly missing: number;
  readonly sum: number;
  readonly mean: number;
  readonly standardDeviation: number;
  readonly minimum: number;
  readonly median: number;
  readonly maximum: number;
  /** How many numbers lie more than two standard deviations from the mean. */
  readonly anomalies: number;
}

/** Computes the figures of a column of numbers from the films' raw file by the textbook, without the server's code. */
export function filmFigures(column: string): FilmFigures {
  const file = new URL("../data/movies.json", import.meta.resolve("vega-datasets"));
  const films = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>[];
  const numbers = films
    .map((film) => film[column])
    .filter((value) => typeof value === "number")
    .toSorted((a, b) => a - b);
  const count = numbers.length;
  const at = (index: number): number => numbers[index] ?? Number.NaN;
  const sum = total(numbers);
  const mean = sum / count;
  const standardDeviation = Math.sqrt(total(numbers.map((value) => (value - mean) ** 2)) / (count - 1));
  return {
    rowCount: films.length,
    count,
    missing: films.length - count,
    sum,
    mean,
    standardDeviation,
    minimum: at(0),
    median: (at(Math.floor((count - 1) / 2)) + at(Math.ceil((count - 1) / 2))) / 2,
    maximum: at(count - 1),
    anomalies: numbers.filter((value) => Math.abs(value - mean) > 2 * standardDeviation).length,
  };
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, value) => sum + value, 0);
}
