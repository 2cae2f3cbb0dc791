import type { SchemaProblem } from "./schema.ts";

/**
 * The most problems that one check reports; the rest are counted. A wrong array of 10,000 items must not fill a model's
 * context.
 */
const maxProblems = 10;

/** The first few problems, and how many more there are. */
export function limitProblems(problems: readonly SchemaProblem[]): readonly SchemaProblem[] {
  if (problems.length <= maxProblems) return problems;
  const more = problems.length - maxProblems;
  return [
    ...problems.slice(0, maxProblems),
    { path: "", expected: `and ${more} more ${more === 1 ? "problem" : "problems"}` },
  ];
}

/** Problems as one line: `weightKg: expected number, got string; items[2].price: is required`. */
export function describeProblems(problems: readonly SchemaProblem[]): string {
  return problems.map(({ path, expected }) => (path === "" ? expected : `${path}: ${expected}`)).join("; ");
}

/**
 * What is wrong with a value that fits none of several forms: one problem that names all of them if the value is of the
 * wrong type for each, otherwise the problems of the form that it comes closest to.
 */
export function closestForm(path: string, forms: readonly (readonly SchemaProblem[])[]): readonly SchemaProblem[] {
  const wrongTypes = forms.map((problems) => wrongType(path, problems));
  const types = wrongTypes.filter((type) => type !== undefined);
  if (types.length > 0 && types.length === forms.length) {
    const expected = [...new Set(types.map((type) => type.expected))];
    return [{ path, expected: `expected ${expected.join(" or ")}, got ${types[0]?.got}` }];
  }
  const close = forms.filter((_, index) => wrongTypes[index] === undefined);
  const closest = close.toSorted((one, other) => one.length - other.length)[0];
  return closest === undefined || closest.length === 0
    ? [{ path, expected: "matches none of the allowed forms" }]
    : closest;
}

/** What a value is, in JSON's words. */
export function jsonTypeOf(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function wrongType(path: string, problems: readonly SchemaProblem[]): { expected: string; got: string } | undefined {
  const [problem, ...others] = problems;
  if (problem === undefined || others.length > 0 || problem.path !== path) return undefined;
  const [, expected, got] = /^expected (.+), got (.+)$/.exec(problem.expected) ?? [];
  return expected === undefined || got === undefined ? undefined : { expected, got };
}
