import type { Rule } from "../rule.ts";
import { showList } from "../show-text.ts";
import { valuePath } from "../trail.ts";

export const arrayWithoutItems: Rule = {
  id: "array-without-items",
  severity: "error",
  finds: "a list in a tool's input that does not say what is in it",
  why: "VS Code leaves the tool out, and Gemini refuses the whole request.",
  remedy:
    "Say what the list holds: `items`. With zod, z.array() of anything but z.any() does; a tuple needs z.array() too.",
  sources: [
    "VS Code: `Failed to validate tool ...: Error: tool parameters array type must have items`",
    "Gemini API: `GenerateContentRequest.tools[0].function_declarations[0]...items: missing field`",
  ],
  *check({ tools }) {
    for (const tool of tools) {
      const bare = tool.inputNodes.filter(
        ({ schema }) =>
          schema["type"] === "array" && !Object.hasOwn(schema, "items") && !Object.hasOwn(schema, "prefixItems"),
      );
      if (bare.length === 0) continue;
      const places = [...new Set(bare.map((node) => valuePath(node)))];
      yield { component: tool, message: `It does not say what is in ${showList(places, 3)}.` };
    }
  },
};
