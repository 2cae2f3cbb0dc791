import { destructiveVerb } from "../destructive-verbs.ts";
import type { Rule } from "../rule.ts";
import { showText } from "../show-text.ts";

export const destructiveUnannotated: Rule = {
  id: "destructive-unannotated",
  severity: "warning",
  finds: "a tool that deletes, overwrites, sends or pays, by its name or description, without annotations that say so",
  why:
    "Clients decide by annotations what they run unasked. MCP takes a tool without any for destructive, but not every client does, " +
    "and a reader cannot tell whether somebody thought about it. Known by the verb; `get_`, `list_` and the like in front make it none.",
  remedy: "Set annotations: { destructiveHint: true }, or false for what only adds.",
  sources: ["MCP 2025-11-25, schema, ToolAnnotations"],
  *check({ tools }) {
    for (const tool of tools) {
      const found = destructiveVerb(tool);
      if (found === undefined || tool.hints.destructive !== undefined || tool.hints.readOnly !== undefined) continue;
      const message = `By the word ${showText(found.verb)} it ${found.effect === "destroys" ? "destroys something" : "does what cannot be undone"}; it has neither destructiveHint nor readOnlyHint.`;
      yield { component: tool, message };
    }
  },
};
