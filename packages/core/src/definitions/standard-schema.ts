import type { StandardSchemaV1, StandardSchemaWithJSON } from "@modelcontextprotocol/server";
import { shorten } from "../errors/quote.ts";
import { formatPath, valueAt } from "../json/json-path.ts";
import type { Awaitable } from "./awaitable.ts";
import { closestForm, limitProblems } from "./schema-problems.ts";
import type { Schema, SchemaCheck, SchemaProblem } from "./schema.ts";

/** An issue with the fields that zod adds; no other library's fields are needed. */
interface LibraryIssue extends StandardSchemaV1.Issue {
  readonly code?: unknown;
  /** zod, `unrecognized_keys`. */
  readonly keys?: readonly string[];
  /** zod, `invalid_union`: the issues of each member, with paths from the union on. */
  readonly errors?: readonly (readonly LibraryIssue[])[];
}

/**
 * Whether a schema is a Standard Schema of any kind, with or without JSON Schema; some libraries' schemas are
 * functions.
 */
export function isStandardSchema(schema: Schema): schema is StandardSchemaWithJSON {
  return (typeof schema === "object" || typeof schema === "function") && "~standard" in schema;
}

/** A check that speaks {@link SchemaProblem} in place of the library's own issues. */
export function standardCheck(schema: StandardSchemaWithJSON): (value: unknown) => Awaitable<SchemaCheck> {
  const standard = schema["~standard"];
  let runAsync: AsyncRun | undefined;
  return (value) => {
    const result = runAsync === undefined ? standard.validate(value) : runAsync(value);
    if (!(result instanceof Promise)) return toCheck(result, value);
    runAsync ??= asyncRunOf(schema);
    return result.then((settled) => toCheck(settled, value));
  };
}

type AsyncRun = (value: unknown) => Promise<StandardSchemaV1.Result<unknown>>;

/**
 * zod tries each value synchronously before it waits: asynchronous refinements would run twice, and when the first run's
 * promise is rejected nobody handles it. A schema that has turned out to be asynchronous is run as one from then on.
 */
function asyncRunOf(schema: object): AsyncRun | undefined {
  const { safeParseAsync } = schema as { safeParseAsync?: (value: unknown) => Promise<ZodOutcome> };
  if (typeof safeParseAsync !== "function") return undefined;
  return (value) =>
    safeParseAsync(value).then(({ data, error }) => (error === undefined ? { value: data } : { issues: error.issues }));
}

interface ZodOutcome {
  readonly data?: unknown;
  readonly error?: { readonly issues: readonly StandardSchemaV1.Issue[] };
}

function toCheck(result: StandardSchemaV1.Result<unknown>, value: unknown): SchemaCheck {
  if (result.issues === undefined) return { ok: true, value: result.value };
  return { ok: false, problems: limitProblems(result.issues.flatMap((issue) => toProblems(issue, [], value))) };
}

function toProblems(issue: LibraryIssue, base: readonly PropertyKey[], root: unknown): readonly SchemaProblem[] {
  // Not `map`: ArkType's paths are a subclass of Array whose `map` adds a step to an empty path.
  const steps = [...base, ...Array.from(issue.path ?? [], (step) => (typeof step === "object" ? step.key : step))];
  const path = formatPath(steps);
  const { message } = issue;
  if (issue.code === "unrecognized_keys" && issue.keys !== undefined) {
    return issue.keys.map((key) => ({ path: formatPath([...steps, key]), expected: "is not a known property" }));
  }
  const absent = steps.length > 0 && valueAt(root, steps) === undefined;
  if (issue.code === "invalid_union" && issue.errors !== undefined && issue.errors.length > 0 && !absent) {
    return closestForm(
      path,
      issue.errors.map((member) => member.flatMap((inner) => toProblems(inner, steps, root))),
    );
  }
  const expected = absent && isBuiltInMessage(message) ? "is required" : inWords(withoutPath(message, path));
  return [{ path, expected: shorten(expected, 300) }];
}

/** Whether the library wrote the message; the author's own words about an absent value are kept. */
function isBuiltInMessage(message: string): boolean {
  return /^Invalid (?:input|option|key|type|discriminator)\b|\(was missing\)$/.test(message);
}

/** ArkType puts the path in front of its message: `items[0].price must be a number (was a string)`. */
function withoutPath(message: string, path: string): string {
  return path !== "" && message.startsWith(`${path} must be `) ? message.slice(path.length + 1) : message;
}

/** The libraries' default sentences in one wording; every other message stays as it is. */
const wordings: readonly (readonly [pattern: RegExp, wording: string])[] = [
  // zod
  [/^Invalid input: expected (.+), received (.+)$/s, "expected $1, got $2"],
  [/^Invalid (?:input|option): expected (.+)$/s, "expected $1"],
  [/^Invalid discriminator value\. Expected (.+)$/s, "expected $1"],
  [/^Too (?:small|big): expected (.+)$/s, "expected $1"],
  [/^Invalid (?:string|number): must (.+)$/s, "must $1"],
  // Valibot
  [/^Invalid key: Expected never but received .+$/s, "is not a known property"],
  [/^Invalid [\w ]+: Expected (.+) but received (.+)$/s, "expected $1, got $2"],
  // ArkType
  [/^must be (.+) \(was (.+)\)$/s, "expected $1, got $2"],
];

function inWords(message: string): string {
  for (const [pattern, wording] of wordings) {
    if (pattern.test(message)) return message.replace(pattern, wording);
  }
  return message;
}
