import type { Rule } from "../rule.ts";
import { showText } from "../show-text.ts";

export const rootCombinator: Rule = {
  id: "root-combinator",
  severity: "error",
  finds: "an input schema with `anyOf`, `oneOf` or `allOf` at its root",
  why:
    "The Anthropic API refuses it with status 400, and with it every tool of the conversation; OpenAI refuses it in strict mode. " +
    "A union of objects (z.union, z.discriminatedUnion, z.intersection) as a tool's input makes one.",
  remedy:
    "Make one object with optional members and check the combination in the handler, or put the union into a member.",
  sources: [
    "Anthropic API: `input_schema does not support oneOf, allOf, or anyOf at the top level`",
    "OpenAI, Structured Outputs, supported schemas: the root must be an object and must not use anyOf",
  ],
  *check({ tools }) {
    for (const tool of tools) {
      const found = ["anyOf", "oneOf", "allOf"].filter((keyword) => Object.hasOwn(tool.input, keyword));
      if (found.length === 0) continue;
      yield {
        component: tool,
        message: `Its input schema has ${found.map((keyword) => showText(keyword)).join(" and ")} at the root.`,
      };
    }
  },
};
