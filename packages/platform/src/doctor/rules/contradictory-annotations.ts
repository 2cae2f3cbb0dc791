import type { Rule } from "../rule.ts";

export const contradictoryAnnotations: Rule = {
  id: "contradictory-annotations",
  severity: "error",
  finds: "a tool with both `readOnlyHint: true` and `destructiveHint: true`",
  why: "What only reads destroys nothing. Clients that look at the first alone run the tool without asking the user.",
  remedy: "Remove the one that is wrong.",
  sources: ["MCP 2025-11-25, schema, ToolAnnotations: destructiveHint has a meaning only when readOnlyHint is false"],
  *check({ tools }) {
    for (const tool of tools) {
      if (tool.hints.readOnly !== true || tool.hints.destructive !== true) continue;
      yield { component: tool, message: "Both readOnlyHint and destructiveHint are true." };
    }
  },
};
