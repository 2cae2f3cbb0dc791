import type { Rule } from "../rule.ts";
import type { SchemaNode } from "../schema-nodes.ts";
import { showText } from "../show-text.ts";
import { valuePath } from "../trail.ts";

export const deepNesting: Rule = {
  id: "deep-nesting",
  severity: "warning",
  finds: "a tool whose input has objects and lists more than 6 levels deep",
  why: "Models lose count of brackets, and forms that clients draw for people show one or two levels.",
  remedy: "Flatten the input: parameters side by side, ids in the place of objects, or several calls.",
  *check({ tools }, { thresholds }) {
    for (const tool of tools) {
      let deepest: SchemaNode | undefined;
      for (const node of tool.inputNodes) if (node.depth > (deepest?.depth ?? 0)) deepest = node;
      if (deepest === undefined || deepest.depth <= thresholds.depth) continue;
      const where = showText(valuePath(deepest), 200);
      yield {
        component: tool,
        message: `Its input is ${deepest.depth} levels deep, at ${where}; the limit is ${thresholds.depth}.`,
      };
    }
  },
};
