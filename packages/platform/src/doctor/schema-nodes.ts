import { isRecord } from "./json-record.ts";
import type { Trail } from "./trail.ts";

/** One schema of a document, with where it stands. */
export interface SchemaNode extends Trail {
  readonly schema: Readonly<Record<string, unknown>>;
  /** The name of the property that it describes. */
  readonly property: string | undefined;
  /** Objects and lists around it. */
  readonly depth: number;
}

/** How many nodes may still be made; shared by all documents of one examination. */
export interface NodeBudget {
  left: number;
}

/** Keywords whose value is a schema per name, a list of schemas, or one schema; JSON Schema 2020-12 and what was before. */
const maps = new Set(["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"]);
const lists = new Set(["anyOf", "oneOf", "allOf", "prefixItems"]);
const singles = new Set(
  (
    "items additionalItems additionalProperties unevaluatedItems unevaluatedProperties contains propertyNames " +
    "not if then else"
  ).split(" "),
);
/** What lies one level deeper in a value, and not beside it. */
const inner = new Set(["properties", "patternProperties", "prefixItems", "items", "additionalProperties"]);

/** All schemas of a document, the outer ones first. References are not followed; a schema that is in it twice counts once. */
export function schemaNodes(root: unknown, parent: Trail, budget: NodeBudget): readonly SchemaNode[] {
  const nodes: SchemaNode[] = [];
  const seen = new Set<object>();
  function visit(schema: unknown, node: Omit<SchemaNode, "schema">): void {
    if (!isRecord(schema) || seen.has(schema) || budget.left <= 0) return;
    budget.left -= 1;
    seen.add(schema);
    nodes.push({ ...node, schema });
  }
  visit(root, { ...parent, property: undefined, depth: 0 });
  // The list grows while it is walked: no recursion, so that no depth ends the stack.
  for (const node of nodes) {
    for (const [keyword, value] of Object.entries(node.schema)) {
      const depth = node.depth + (inner.has(keyword) ? 1 : 0);
      const trail: Trail = { key: keyword, parent: node };
      if (maps.has(keyword) && isRecord(value)) {
        for (const [name, schema] of Object.entries(value)) {
          visit(schema, { key: name, parent: trail, property: keyword === "properties" ? name : undefined, depth });
        }
      } else if (Array.isArray(value) && (lists.has(keyword) || keyword === "items")) {
        for (const [index, schema] of value.entries()) {
          visit(schema, { key: String(index), parent: trail, property: undefined, depth });
        }
      } else if (singles.has(keyword)) {
        visit(value, { ...trail, property: undefined, depth });
      }
    }
  }
  return nodes;
}
