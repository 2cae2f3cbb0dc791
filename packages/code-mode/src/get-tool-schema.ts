import { defineTool, fail, type AnyTool } from "@plinth/core";
import { plainLine } from "./declarations/plain-line.ts";
import { toolDeclarations } from "./declarations/tool-declarations.ts";
import type { CallableTools } from "./search-tools.ts";

/** A tool to learn with how other tools are called: their TypeScript declarations. */
export function getToolSchema(callableTools: CallableTools): AnyTool {
  return defineTool({
    name: "get_tool_schema",
    title: "Get tool schemas",
    description: "TypeScript declarations of tools, as a program in run_code calls them.",
    input: {
      type: "object",
      properties: {
        names: { type: "array", items: { type: "string", maxLength: 128 }, minItems: 1, maxItems: 50 },
      },
      required: ["names"],
      additionalProperties: false,
    },
    annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    async handler({ names }, context) {
      const byName = new Map((await callableTools(context)).map((tool) => [tool.name, tool]));
      const wanted = [...new Set(names as readonly string[])];
      const unknown = wanted.filter((name) => !byName.has(name)).map((name) => plainLine(name, 128));
      const found = wanted.flatMap((name) => byName.get(name) ?? []);
      const missing = `No such tool for programs: ${unknown.join(", ")}. search_tools finds those there are.`;
      if (found.length === 0) return fail(missing);
      return unknown.length === 0 ? toolDeclarations(found) : `${toolDeclarations(found)}\n// ${missing}`;
    },
  });
}
