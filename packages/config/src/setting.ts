import { z } from "zod";

/** What a schema alone cannot say about a setting. Every field is optional; wrappers such as `.default()` keep them. */
export interface SettingDetails {
  /** What is allowed, so that it completes the sentence "must be ...". Shown in reports and in the reference. */
  expects?: string;
  /** The values that are allowed, when they can be listed. A near miss is answered with a suggestion. */
  options?: readonly string[];
  /**
   * Further environment variables that set it, by their full name and without the prefix. The setting's own name wins.
   */
  aliases?: readonly string[];
  /**
   * Writes a value as it would be typed in the environment.
   * @default by type: lists joined by commas, objects as JSON
   */
  format?: (value: never) => string;
}

interface Marks extends SettingDetails {
  secret?: boolean;
}

const registry = z.registry<Marks>();

/** Attaches {@link SettingDetails} to a copy of `schema`. The type and what the schema accepts stay the same. */
export function setting<Schema extends z.ZodType>(schema: Schema, details: SettingDetails): Schema {
  const copy = schema.clone();
  registry.add(copy, { ...registry.get(schema), ...details });
  return copy;
}

/** Marks a copy of `schema` as secret. Only `secret()` calls this: it also wraps the value. */
export function markSecret<Schema extends z.ZodType>(schema: Schema): Schema {
  const copy = schema.clone();
  registry.add(copy, { ...registry.get(schema), secret: true });
  return copy;
}

/** The details and description of `schema`, gathered through its wrappers; the outermost word counts. */
export function detailsOf(schema: z.ZodType): SettingDetails & { description?: string } {
  const layers = unwrap(schema).toReversed();
  return Object.assign({}, ...layers.flatMap((layer) => [registry.get(layer), describedAs(layer)]));
}

/** `schema` and all that it wraps (`optional`, `default`, `readonly`, the input side of a pipe), outermost first. */
function unwrap(schema: z.ZodType): z.ZodType[] {
  const inner = definitionOf(schema);
  const next = inner["innerType"] ?? (inner["type"] === "pipe" ? inner["in"] : undefined);
  return isSchema(next) ? [schema, ...unwrap(next)] : [schema];
}

/** What the schema is about below its wrappers, as zod names it: `string`, `object`, `enum`. */
export function kindOf(schema: z.ZodType): string {
  return String(definitionOf(innermost(schema))["type"]);
}

/** The schema below all wrappers. */
export function innermost(schema: z.ZodType): z.ZodType {
  return unwrap(schema).at(-1) ?? schema;
}

/** Whether any part of `schema`, however deep, is marked secret. Such a setting is redacted as a whole. */
export function holdsSecret(schema: z.ZodType, seen: Set<z.ZodType> = new Set()): boolean {
  if (seen.has(schema)) return false;
  seen.add(schema);
  return registry.get(schema)?.secret === true || partsOf(schema).some((part) => holdsSecret(part, seen));
}

/** Whether text from the environment can reach this schema at all: `z.number()` refuses every text. */
export function readsText(schema: z.ZodType): boolean {
  const { type, coerce } = definitionOf(innermost(schema));
  if (type === "boolean") return false; // z.coerce.boolean() takes "false" for true
  if (type === "number" || type === "bigint" || type === "date") return coerce === true;
  return !["array", "tuple", "set", "map", "record", "object"].includes(String(type));
}

function partsOf(schema: z.ZodType): z.ZodType[] {
  const definition = definitionOf(schema);
  const fields = [
    "innerType",
    "in",
    "out",
    "element",
    "options",
    "items",
    "rest",
    "left",
    "right",
    "keyType",
    "valueType",
  ];
  const parts = fields.flatMap((field) => definition[field]);
  if (schema instanceof z.ZodObject) parts.push(...Object.values(schema.shape), definition["catchall"]);
  if (typeof definition["getter"] === "function") parts.push(definition["getter"]());
  return parts.filter(isSchema);
}

function describedAs(schema: z.ZodType): { description?: string } {
  return schema.description === undefined ? {} : { description: schema.description };
}

function definitionOf(schema: z.ZodType): Record<string, unknown> {
  return schema._zod.def as unknown as Record<string, unknown>;
}

function isSchema(value: unknown): value is z.ZodType {
  return typeof value === "object" && value !== null && "_zod" in value;
}
