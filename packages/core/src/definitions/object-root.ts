import { isRecord } from "../json/is-record.ts";
import type { JsonSchema } from "./schema.ts";

/** Keywords that say something about objects alone. */
const objectKeywords: readonly string[] = ["properties", "patternProperties", "additionalProperties", "required"];

/**
 * The schema with `type: "object"` at its root, which MCP wants to see there (MCP, tools, `inputSchema`). A root
 * without `type` gets it when it can only mean an object: object keywords, a local reference to an object, or a union
 * of objects. `undefined` when it is none.
 */
export function withObjectRoot(schema: JsonSchema): JsonSchema | undefined {
  if (schema["type"] === "object") return schema;
  return isObjectSchema(schema, schema, 0) ? { type: "object", ...schema } : undefined;
}

function isObjectSchema(schema: unknown, root: JsonSchema, depth: number): boolean {
  // Deep enough for any schema that people write; references may form a circle.
  if (depth > 20 || !isRecord(schema)) return false;
  const { type, $ref, anyOf, oneOf, allOf } = schema;
  if (type !== undefined) return type === "object";
  if (objectKeywords.some((keyword) => Object.hasOwn(schema, keyword))) return true;
  if (isObjectSchema(localTarget($ref, root), root, depth + 1)) return true;
  const isObject = (member: unknown): boolean => isObjectSchema(member, root, depth + 1);
  return (
    [anyOf, oneOf].some((members) => Array.isArray(members) && members.length > 0 && members.every(isObject)) ||
    (Array.isArray(allOf) && allOf.some(isObject))
  );
}

function localTarget(reference: unknown, root: JsonSchema): unknown {
  if (typeof reference !== "string") return undefined;
  const [, section, name] = /^#\/(\$defs|definitions)\/([^/~%]+)$/.exec(reference) ?? [];
  if (section === undefined || name === undefined) return undefined;
  const definitions = root[section];
  return isRecord(definitions) && Object.hasOwn(definitions, name) ? definitions[name] : undefined;
}
