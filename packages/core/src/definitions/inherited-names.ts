import { isRecord } from "../json/is-record.ts";

/**
 * Whether a schema names, at any depth, a property that every JavaScript object inherits, such as `constructor` or
 * `toString`. Libraries read members without asking whose they are, and so find a function where an optional argument
 * was left out.
 */
export function namesInherited(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.some(namesInherited);
  if (!isRecord(schema)) return false;
  const { properties } = schema;
  if (isRecord(properties) && Object.keys(properties).some((name) => name in Object.prototype)) return true;
  return Object.values(schema).some(namesInherited);
}

/** A copy of a JSON value whose objects inherit nothing. */
export function withoutInheritance(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutInheritance);
  if (!isRecord(value)) return value;
  const copy = Object.create(null) as Record<string, unknown>;
  for (const [name, member] of Object.entries(value)) copy[name] = withoutInheritance(member);
  return copy;
}
