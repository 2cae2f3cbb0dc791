import type { Rule } from "../rule.ts";
import type { SchemaNode } from "../schema-nodes.ts";
import { showList } from "../show-text.ts";
import { valuePath } from "../trail.ts";

/** Keywords that bound a text by themselves. */
const bounding = ["maxLength", "enum", "const", "pattern"];
/** Formats whose values are short. */
const short = new Set(["uuid", "date", "date-time", "time", "duration", "ipv4", "ipv6", "email"]);

export const unboundedInput: Rule = {
  id: "unbounded-input",
  severity: "info",
  finds: "texts and lists in a tool's input without a maximum",
  why: "The transport limits the whole message (1 MiB by default), so this is about the work that one long value makes, not about memory.",
  remedy: "Add .max() to texts and lists that are not meant to be long.",
  *check({ tools }) {
    for (const tool of tools) {
      const open = tool.inputNodes.filter(isOpen);
      if (open.length === 0) continue;
      const places = [...new Set(open.map((node) => valuePath(node)))];
      yield { component: tool, message: `Without a maximum: ${showList(places, 4)}.` };
    }
  },
};

function isOpen({ schema, parent }: SchemaNode): boolean {
  // What names a member is bounded with the members.
  if (parent === undefined || parent.key === "propertyNames") return false;
  if (schema["type"] === "array") return schema["maxItems"] === undefined && !("prefixItems" in schema);
  if (schema["type"] !== "string" || bounding.some((keyword) => keyword in schema)) return false;
  return !short.has(String(schema["format"]));
}
