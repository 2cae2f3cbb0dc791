import { shorten } from "../errors/quote.ts";
import { formatPath, valueAt } from "../json/json-path.ts";
import { compileWithEngine, type JsonSchemaError } from "./json-schema-engine.ts";
import { closestForm, jsonTypeOf, limitProblems } from "./schema-problems.ts";
import type { JsonSchema, SchemaCheck, SchemaProblem } from "./schema.ts";

/** A check against plain JSON Schema. The value passes unchanged. @throws Error when the schema cannot be compiled */
export function jsonSchemaCheck(schema: JsonSchema): (value: unknown) => SchemaCheck {
  const validate = compileWithEngine(schema);
  return (value) => {
    const errors = validate(value);
    return errors.length === 0
      ? { ok: true, value }
      : { ok: false, problems: limitProblems(toProblems(errors, schema, value)) };
  };
}

/** Keywords that sum up errors reported before them; {@link toProblems} replaces both by one problem. */
const summaries: ReadonlySet<string> = new Set(["anyOf", "oneOf", "contains", "propertyNames"]);

/** Reads the errors from the end, because a summary follows the errors that it sums up. */
function toProblems(errors: readonly JsonSchemaError[], schema: JsonSchema, root: unknown): readonly SchemaProblem[] {
  const problems: SchemaProblem[] = [];
  let rest = errors;
  for (let error = rest.at(-1); error !== undefined; error = rest.at(-1)) {
    const before = rest.slice(0, -1);
    const prefixes = summaries.has(error.keyword) ? summedUp(error, schema) : [];
    const isBelow = (inner: JsonSchemaError, prefix: string): boolean =>
      inner.instancePath.startsWith(error.instancePath) && inner.schemaPath.startsWith(`${prefix}/`);
    rest = before.filter((inner) => !prefixes.some((prefix) => isBelow(inner, prefix)));
    const forms = prefixes.map((prefix) =>
      toProblems(
        before.filter((inner) => isBelow(inner, prefix)),
        schema,
        root,
      ),
    );
    problems.unshift(...toProblem(error, forms, root));
  }
  return problems;
}

/**
 * Where the errors behind a summary come from: the members of a union, which may be references, or the keyword's
 * schema.
 */
function summedUp({ keyword, schemaPath }: JsonSchemaError, schema: JsonSchema): readonly string[] {
  if (keyword !== "anyOf" && keyword !== "oneOf") return [schemaPath];
  const members = valueAt(schema, pointerSteps(schemaPath.slice(1)));
  if (!Array.isArray(members)) return [];
  return members.map((member: unknown, index) => {
    const reference = valueAt(member, ["$ref"]);
    return typeof reference === "string" ? reference : `${schemaPath}/${index}`;
  });
}

function toProblem(
  error: JsonSchemaError,
  forms: readonly (readonly SchemaProblem[])[],
  root: unknown,
): readonly SchemaProblem[] {
  const steps = instanceSteps(error.instancePath, root);
  const at = (expected: string, property?: string): readonly SchemaProblem[] => [
    {
      path: formatPath(property === undefined ? steps : [...steps, property]),
      expected: shorten(expected, 300),
    },
  ];
  const { keyword, params } = error;
  // Ajv names properties with strings; the fallback keeps a change there from costing more than the name.
  const named = (parameter: string): string => (typeof params[parameter] === "string" ? params[parameter] : parameter);
  switch (keyword) {
    case "type":
      return at(`expected ${[params["type"]].flat().join(" or ")}, got ${jsonTypeOf(valueAt(root, steps))}`);
    case "required":
      return at("is required", named("missingProperty"));
    case "dependentRequired":
      return at(`is required when ${named("property")} is given`, named("missingProperty"));
    case "additionalProperties":
      return at("is not a known property", named("additionalProperty"));
    case "unevaluatedProperties":
      return at("is not a known property", named("unevaluatedProperty"));
    case "propertyNames":
      return at("is not an allowed name", named("propertyName"));
    case "enum":
      return at(
        `expected one of ${[params["allowedValues"]]
          .flat()
          .map((value) => JSON.stringify(value))
          .join(", ")}`,
      );
    case "const":
      return at(`expected ${JSON.stringify(params["allowedValue"])}`);
    case "anyOf":
      return closestForm(formatPath(steps), forms);
    case "oneOf":
      return Array.isArray(params["passingSchemas"])
        ? at("matches more than one of the allowed forms")
        : closestForm(formatPath(steps), forms);
    case "not":
      return at("is not allowed");
    case "false schema":
      return at("is not allowed");
    case "if":
      // The broken `then` or `else` has reported what is wrong.
      return [];
    default:
      return at(error.message ?? `does not fit "${keyword}"`);
  }
}

/** A JSON Pointer's steps (RFC 6901); in the schema's part of an error they are percent-encoded on top. */
function pointerSteps(pointer: string): readonly string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((step) => decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** Steps into the value, with numbers where it has arrays. */
function instanceSteps(pointer: string, root: unknown): readonly PropertyKey[] {
  const steps: PropertyKey[] = [];
  for (const escaped of pointer.split("/").slice(1)) {
    const step = escaped.replaceAll("~1", "/").replaceAll("~0", "~");
    steps.push(Array.isArray(valueAt(root, steps)) ? Number(step) : step);
  }
  return steps;
}
