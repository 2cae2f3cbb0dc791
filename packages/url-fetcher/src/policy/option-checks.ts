import { wrongOption } from "../errors/url-policy-error.ts";

/** What {@link checkedNumber} lets through. */
export interface NumberRange {
  readonly least: number;
  readonly most: number;
  /** @default true */
  readonly whole?: boolean;
}

/** The longest that a timer waits, in milliseconds: about 25 days. Node fires one that is set for longer at once. */
export const longestTimerMs: number = 2 ** 31 - 1;

/**
 * An option that is a number, or its default.
 * @throws UrlPolicyError quoting the value and the range
 */
export function checkedNumber(
  name: string,
  value: number | undefined,
  { least, most, whole = true, fallback }: NumberRange & { readonly fallback: number },
): number {
  if (value === undefined) return fallback;
  const fits = typeof value === "number" && value >= least && value <= most && (!whole || Number.isInteger(value));
  if (!fits) throw wrongOption(name, value, `it must be a ${whole ? "whole " : ""}number from ${least} to ${most}`);
  return value;
}

/** The range and the default of each number in a group of options. */
export type NumberRanges<Name extends string> = Readonly<Record<Name, NumberRange & { readonly fallback: number }>>;

/**
 * A group of options that are numbers, complete.
 * @throws UrlPolicyError quoting the value and the range, or naming an option that does not exist
 */
export function checkedNumbers<Name extends string>(
  group: string,
  values: Readonly<Partial<Record<Name, number>>>,
  ranges: NumberRanges<Name>,
): Readonly<Record<Name, number>> {
  const names = Object.keys(ranges) as Name[];
  checkNames(group, values, names);
  const own = ownOptions(values);
  const checked = names.map((name) => [name, checkedNumber(`${group}.${name}`, own[name], ranges[name])] as const);
  return Object.freeze(Object.fromEntries(checked) as Record<Name, number>);
}

/**
 * An option that is true or false, or its default.
 * @throws UrlPolicyError quoting the value
 */
export function checkedFlag(name: string, value: boolean | undefined, fallback: boolean): boolean {
  if (value === undefined) return fallback;
  if (typeof value !== "boolean") throw wrongOption(name, value, "it must be true or false");
  return value;
}

/**
 * An option that is a list of texts, or its default.
 * @throws UrlPolicyError quoting what is no list, or no text
 */
export function checkedTexts(
  name: string,
  value: readonly string[] | undefined,
  fallback: readonly string[],
): readonly string[] {
  if (value === undefined) return fallback;
  if (!Array.isArray(value)) throw wrongOption(name, value, "it must be an array of strings");
  for (const entry of value as unknown[]) {
    if (typeof entry !== "string") throw wrongOption(`An entry of ${name}`, entry, "it must be a string");
  }
  return [...value];
}

/**
 * An option that is a function, if it is there.
 * @throws UrlPolicyError quoting the value
 */
export function checkFunction(name: string, value: unknown): void {
  if (value !== undefined && typeof value !== "function") throw wrongOption(name, value, "it must be a function");
}

/**
 * Refuses an option that does not exist: a misspelled `allowHost` must not mean that every host is allowed.
 * @throws UrlPolicyError naming the option and those that exist
 */
export function checkNames(name: string, value: object, known: readonly string[]): void {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw wrongOption(name, value, "it must be an object with options");
  }
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) throw wrongOption(`An option of ${name}`, key, `use ${known.join(", ")}`);
  }
}

/** Options without a prototype: whatever was put on `Object.prototype` opens nothing. */
export function ownOptions<Options extends object>(options: Options): Options {
  return { __proto__: null, ...options };
}
