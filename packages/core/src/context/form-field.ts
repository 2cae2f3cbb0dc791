import type { JsonSchema } from "../definitions/schema.ts";
import { KitError } from "../errors/kit-error.ts";
import { quote } from "../errors/quote.ts";
import { isRecord } from "../json/is-record.ts";

/** The string formats that a form can carry (MCP 2026-07-28, elicitation, string schema). */
const formats: ReadonlySet<unknown> = new Set(["email", "uri", "date", "date-time"]);

const stringWords = ["minLength", "maxLength", "pattern", "format"];
const numberWords = ["minimum", "maximum"];
const listWords = ["minItems", "maxItems"];

/**
 * One property of a form, in the words that MCP allows there: a string, number, integer or boolean, one choice out of
 * several, or a list of choices. Constraints without a word are left out; the answer is checked against the whole
 * schema.
 *
 * @throws KitError `MISUSE` naming the property when no field shows it: nested objects, unions of types, free lists
 */
export function toFormField(name: string, schema: unknown): JsonSchema {
  const field = isRecord(schema) ? build(schema) : undefined;
  if (field === undefined) {
    throw new KitError(
      "MISUSE",
      `Property ${JSON.stringify(name)} does not fit a form: ${quote(schema)}. A form has strings, numbers, ` +
        "booleans, enumerations of strings, and lists of those enumerations; make an optional property optional, " +
        "not nullable",
    );
  }
  if (field["default"] !== undefined && !fitsType(field["type"], field["default"])) {
    throw new KitError(
      "MISUSE",
      `Property ${JSON.stringify(name)} has the default ${quote(field["default"])}, ` +
        `which is no ${String(field["type"])}`,
    );
  }
  return field;
}

function build(schema: Record<string, unknown>): JsonSchema | undefined {
  const annotations = pick(schema, ["title", "description"]);
  const ending = pick(schema, ["default"]);
  const choice = toChoice(schema, "oneOf");
  if (choice !== undefined) return { type: "string", ...annotations, ...choice, ...ending };
  switch (schema["type"]) {
    case "string":
    case "number":
    case "integer":
    case "boolean": {
      // A choice that is no enumeration of strings has no field of its own: shown as a free one, it would be lost.
      if (["enum", "const", "oneOf", "anyOf"].some((word) => word in schema)) return undefined;
      return { type: schema["type"], ...annotations, ...toRules(schema), ...ending };
    }
    case "array": {
      const items = isRecord(schema["items"]) ? toChoice(schema["items"], "anyOf") : undefined;
      if (items === undefined) return undefined;
      const listed = "enum" in items ? { type: "string", ...items } : items;
      return { type: "array", ...annotations, ...pick(schema, listWords), items: listed, ...ending };
    }
    default:
      return undefined;
  }
}

/** An enumeration of strings, with titles or without; `undefined` if it is none. */
function toChoice(schema: Record<string, unknown>, titledAs: "oneOf" | "anyOf"): Record<string, unknown> | undefined {
  if (typeof schema["const"] === "string") return { enum: [schema["const"]] };
  if (isTexts(schema["enum"])) return { enum: schema["enum"], ...pick(schema, ["enumNames"]) };
  const options: unknown = schema["oneOf"] ?? schema["anyOf"];
  if (!Array.isArray(options) || options.length === 0) return undefined;
  const titled = options.map((option: unknown) => {
    if (!isRecord(option) || typeof option["const"] !== "string") return undefined;
    return { const: option["const"], title: typeof option["title"] === "string" ? option["title"] : option["const"] };
  });
  return titled.includes(undefined) ? undefined : { [titledAs]: titled };
}

function toRules(schema: Record<string, unknown>): Record<string, unknown> {
  if (schema["type"] === "boolean") return {};
  return schema["type"] === "string" ? toStringRules(schema) : toRange(schema);
}

/** A library's own pattern for a format only repeats it; formats that MCP does not list are for the check alone. */
function toStringRules(schema: Record<string, unknown>): Record<string, unknown> {
  const { format, pattern, ...lengths } = pick(schema, stringWords);
  if (formats.has(format)) return { ...lengths, format };
  return pattern === undefined ? lengths : { ...lengths, pattern };
}

/**
 * Libraries write the safe integers' bounds where nobody asked for a range; whole numbers can have exclusive bounds
 * moved in.
 */
function toRange(schema: Record<string, unknown>): Record<string, unknown> {
  const range = pick(schema, numberWords);
  if (range["minimum"] === Number.MIN_SAFE_INTEGER) delete range["minimum"];
  if (range["maximum"] === Number.MAX_SAFE_INTEGER) delete range["maximum"];
  if (schema["type"] === "integer") {
    const { exclusiveMinimum: above, exclusiveMaximum: below } = schema;
    if (typeof above === "number" && range["minimum"] === undefined) range["minimum"] = Math.floor(above) + 1;
    if (typeof below === "number" && range["maximum"] === undefined) range["maximum"] = Math.ceil(below) - 1;
  }
  return range;
}

function fitsType(type: unknown, value: unknown): boolean {
  if (type === "array") return Array.isArray(value) && value.every((item) => typeof item === "string");
  if (type === "integer") return Number.isInteger(value);
  return typeof value === type;
}

function pick(schema: Record<string, unknown>, words: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(words.filter((word) => schema[word] !== undefined).map((word) => [word, schema[word]]));
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === "string");
}
