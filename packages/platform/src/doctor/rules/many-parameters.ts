import type { Rule } from "../rule.ts";

export const manyParameters: Rule = {
  id: "many-parameters",
  severity: "warning",
  finds: "a tool with more than 12 parameters",
  why: "A model fills in what it is shown: with every further parameter it is more often wrong.",
  remedy:
    "Make one tool of each task, give what is seldom needed a default inside the tool, or put what goes together in an object.",
  *check({ tools }, { thresholds }) {
    for (const tool of tools) {
      const { length } = tool.parameters;
      if (length <= thresholds.parameters) continue;
      yield {
        component: tool,
        message: `It has ${length} parameters; more than ${thresholds.parameters} are too many.`,
      };
    }
  },
};
