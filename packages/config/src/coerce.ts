import { isIP } from "node:net";
import { z } from "zod";
import { alternatives, expectsOf } from "./expects-of.ts";
import { reading } from "./reading.ts";

/** Limits of a number, both included. */
export interface NumberLimits {
  /** Smallest value. @default none */
  min?: number;
  /** Largest value. @default none */
  max?: number;
}

const words: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["yes", true],
  ["on", true],
  ["1", true],
  ["false", false],
  ["no", false],
  ["off", false],
  ["0", false],
]);

/** A yes or no: `true/false`, `yes/no`, `on/off`, `1/0`. Anything else, `ture` for one, is an error. */
export function boolean(): z.ZodType<boolean, boolean | string> {
  return reading({ expects: "true, false, yes, no, on, off, 1 or 0", options: ["true", "false"] }, (input) =>
    typeof input === "string" ? words.get(input.trim().toLowerCase()) : typeof input === "boolean" ? input : undefined,
  );
}

/** A whole number in plain digits. `0x10`, `1e3` and `1_000` are errors. */
export function integer(limits: NumberLimits = {}): z.ZodType<number, number | string> {
  return reading({ expects: `a whole number${range(limits)}` }, (input) => toInteger(input, limits));
}

/** A finite number: `0.25`, `-3`, `1e3`. */
export function number(limits: NumberLimits = {}): z.ZodType<number, number | string> {
  return reading({ expects: `a number${range(limits)}` }, (input) => {
    const isNumeral = typeof input === "string" && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(input.trim());
    const value = isNumeral ? Number(input) : input;
    return Number.isFinite(value) ? within(value as number, limits) : undefined;
  });
}

/** A TCP port. `0` asks the system for any free one. */
export function port(): z.ZodType<number, number | string> {
  return reading({ expects: "a port from 0 to 65535" }, (input) => toInteger(input, { min: 0, max: 65_535 }));
}

/** A host to bind or to dial: a name, an IPv4 or an IPv6 address; no scheme, no port, no brackets. */
export function host(): z.ZodType<string, string> {
  return reading({ expects: "a host name or an IP address, without scheme or port" }, (input) => {
    const text = typeof input === "string" ? input.trim() : "";
    const isName = text.length <= 253 && /^(?!-)[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?$/i.test(text) && !/^[\d.]+$/.test(text);
    return isName || isIP(text) !== 0 ? text : undefined;
  });
}

/** Options for {@link url}. */
export interface UrlOptions {
  /** Schemes that are allowed, without the colon. @default ["https", "http"] */
  protocols?: readonly string[];
}

/** An absolute URL, kept as the text that was given (trimmed). */
export function url({ protocols = ["https", "http"] }: UrlOptions = {}): z.ZodType<string, string> {
  return reading(
    { expects: `a URL that starts with ${alternatives(protocols.map((name) => `${name}://`))}` },
    (input) => {
      const text = typeof input === "string" ? input.trim() : "";
      const scheme = /^([a-z][a-z0-9+.-]*):\/\/[^/]/i.exec(text)?.[1]?.toLowerCase();
      return scheme !== undefined && protocols.includes(scheme) && URL.canParse(text) ? text : undefined;
    },
  );
}

/** One of the listed values; letter case does not matter in the input, the output is spelt as listed. */
export function oneOf<const Value extends string>(values: readonly Value[]): z.ZodType<Value, string> {
  return reading({ expects: alternatives(values), options: values }, (input) =>
    typeof input === "string" ? values.find((value) => value.toLowerCase() === input.trim().toLowerCase()) : undefined,
  );
}

/**
 * A list: comma-separated text, or an array in JSON. Entries are trimmed and empty ones dropped, then each goes
 * through `entry`, which by default takes any text.
 */
export function list(): z.ZodType<string[], string | readonly string[]>;
export function list<Output, Input>(entry: z.ZodType<Output, Input>): z.ZodType<Output[], string | readonly Input[]>;
export function list(entry?: z.ZodType): z.ZodType<unknown[], string | readonly unknown[]> {
  const expects = `a comma-separated list${entry === undefined ? "" : `, each entry ${expectsOf(entry)}`}`;
  const split = reading<readonly unknown[], unknown>({ expects }, (input) => {
    if (typeof input !== "string") return Array.isArray(input) ? input : undefined;
    return input.split(",").flatMap((part) => part.trim() || []);
  });
  return split.pipe(z.array(entry ?? z.string())) as unknown as z.ZodType<unknown[], string | readonly unknown[]>;
}

/** A structure: JSON text in a variable, or the value itself in the JSON file. `schema` says what it must be. */
export function json<Output, Input>(schema: z.ZodType<Output, Input>): z.ZodType<Output, string | Input> {
  const parsed = reading({ expects: "JSON", format: (value) => JSON.stringify(value) }, (input) => {
    if (typeof input !== "string") return input;
    try {
      return JSON.parse(input);
    } catch {
      return undefined;
    }
  });
  return parsed.pipe(schema as z.ZodType<Output>) as unknown as z.ZodType<Output, string | Input>;
}

function toInteger(input: unknown, limits: NumberLimits): number | undefined {
  const value = typeof input === "string" && /^[+-]?\d+$/.test(input.trim()) ? Number(input) : input;
  return Number.isSafeInteger(value) ? within(value as number, limits) : undefined;
}

function within(value: number, { min = -Infinity, max = Infinity }: NumberLimits): number | undefined {
  return value >= min && value <= max ? value : undefined;
}

function range({ min, max }: NumberLimits): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) return ` of at least ${min}`;
  return max === undefined ? "" : ` of at most ${max}`;
}
