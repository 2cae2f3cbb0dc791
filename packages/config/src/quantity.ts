import type { z } from "zod";
import { reading } from "./reading.ts";

/** Limits of a duration or a size, both included. */
export interface QuantityLimits {
  /** Smallest value. @default 0 */
  min?: number;
  /** Largest value. @default 24 days for a duration, `Number.MAX_SAFE_INTEGER` for a size */
  max?: number;
}

const milliseconds: ReadonlyMap<string, number> = new Map([
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
  ["ms", 1],
]);

const bytes: ReadonlyMap<string, number> = new Map([
  ["TiB", 2 ** 40],
  ["TB", 1e12],
  ["GiB", 2 ** 30],
  ["GB", 1e9],
  ["MiB", 2 ** 20],
  ["MB", 1e6],
  ["KiB", 1024],
  ["KB", 1000],
  ["B", 1],
]);

/** Above about 24.8 days a Node timer fires at once instead of late, so a longer one has to be asked for. */
const longestTimer = 24 * 86_400_000;

/**
 * A duration in milliseconds: `500ms`, `30s`, `2m`, `1h`, `7d`, `1.5s`, or a plain number of milliseconds.
 *
 * @throws RangeError when `min` is above `max` or one of them is not a whole number.
 */
export function duration(limits: QuantityLimits = {}): z.ZodType<number, number | string> {
  const { min = 0, max = longestTimer } = limits;
  return quantity({ min, max, units: milliseconds, noun: "a duration", example: "30s", format: formatDuration });
}

/**
 * A size in bytes: `10MB` (decimal), `64KiB` (binary), or a plain number of bytes. Letter case does not matter; `10M`
 * is refused because it could mean either.
 *
 * @throws RangeError when `min` is above `max` or one of them is not a whole number.
 */
export function size(limits: QuantityLimits = {}): z.ZodType<number, number | string> {
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = limits;
  return quantity({ min, max, units: bytes, noun: "a size", example: "10MB or 64KiB", format: formatSize });
}

/** Writes milliseconds in the largest unit that keeps them whole: `90000` is `90s`. */
export function formatDuration(value: number): string {
  return format(value, milliseconds);
}

/** Writes bytes in the largest unit that keeps them whole: `65536` is `64KiB`. */
export function formatSize(value: number): string {
  return format(value, bytes);
}

interface Quantity extends Required<QuantityLimits> {
  units: ReadonlyMap<string, number>;
  noun: string;
  example: string;
  format: (value: number) => string;
}

function quantity({ min, max, units, noun, example, format }: Quantity): z.ZodType<number, number | string> {
  if (!Number.isSafeInteger(min) || !Number.isSafeInteger(max) || min > max) {
    throw new RangeError(`The limits of ${noun} must be whole numbers in order, not min ${min} and max ${max}`);
  }
  const range =
    max === Number.MAX_SAFE_INTEGER ? `of at least ${format(min)}` : `from ${format(min)} to ${format(max)}`;
  return reading<number, number | string>({ expects: `${noun} ${range}, such as ${example}`, format }, (input) => {
    const value = typeof input === "string" ? parse(input.trim(), units) : input;
    return typeof value === "number" && Number.isSafeInteger(value) && value >= min && value <= max ? value : undefined;
  });
}

function parse(text: string, units: ReadonlyMap<string, number>): number | undefined {
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?) ?([a-z]*)$/i.exec(text) ?? [];
  if (number === "") return undefined;
  if (unit === "") return Number(number);
  const factor = [...units].find(([name]) => name.toLowerCase() === unit.toLowerCase())?.[1];
  if (factor === undefined) return undefined;
  const value = Number(number) * factor;
  // 1.1 * 1000 is 1100.0000000000002: what is whole but for the rounding of the product counts as whole.
  return Math.abs(value - Math.round(value)) < 1e-6 ? Math.round(value) : value;
}

function format(value: number, units: ReadonlyMap<string, number>): string {
  const [smallest = ""] = [...units.keys()].slice(-1);
  const whole = [...units].find(([, factor]) => value >= factor && value % factor === 0);
  const [unit, factor] = whole ?? [smallest, 1];
  return `${value / factor}${unit}`;
}
