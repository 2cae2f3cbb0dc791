/** A JSON Schema that is no boolean; nothing else is known about it, whoever wrote it. */
export type SchemaObject = Readonly<Record<string, unknown>>;

/** Whether a schema, or one of its keywords, is an object. */
export function isObject(value: unknown): value is SchemaObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The keyword's schemas by name; none when it is no object. */
export function membersOf(keyword: unknown): readonly (readonly [name: string, schema: unknown])[] {
  return isObject(keyword) ? Object.entries(keyword) : [];
}

/** The keyword's list; empty when it is none. */
export function listOf(keyword: unknown): readonly unknown[] {
  return Array.isArray(keyword) ? keyword : [];
}
