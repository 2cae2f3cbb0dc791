import { defineTool, type AnyTool, type Context } from "@plinth/core";
import { plainLine } from "./declarations/plain-line.ts";
import { toolDeclarations } from "./declarations/tool-declarations.ts";
import type { ListedTool } from "./listed-tool.ts";
import { createSearchIndexes } from "./search-index.ts";

/** What the tools of code mode share: the tools that programs of this caller may call. */
export type CallableTools = (context: Context) => Promise<readonly ListedTool[]>;

/** How much a search tells of each tool. */
const details = ["name", "brief", "full"] as const;

/** Characters of a description in a brief line. */
const briefCharacters = 160;

/** A tool to find tools with. It answers with text, one line for each, because a model reads it and nothing else. */
export function searchTools(callableTools: CallableTools): AnyTool {
  const indexOf = createSearchIndexes();
  return defineTool({
    name: "search_tools",
    title: "Search tools",
    description:
      "Finds tools that a program in run_code can call. Search by what they do; an empty query lists all. " +
      'detail: "name", "brief" (with a line about it), or "full" (its TypeScript declaration).',
    input: {
      type: "object",
      properties: {
        query: { type: "string", maxLength: 500 },
        limit: { type: "integer", minimum: 1, maximum: 100, default: 10 },
        detail: { type: "string", enum: details, default: "brief" },
      },
      required: ["query"],
      additionalProperties: false,
    },
    annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    async handler({ query, limit = 10, detail = "brief" }, context) {
      const tools = await callableTools(context);
      const found = (query as string).trim() === "" ? tools : ranked(tools, indexOf(tools).find(query as string));
      const shown = found.slice(0, limit as number);
      if (shown.length === 0) return `None of the ${tools.length} tools matches. Try other words, or an empty query.`;
      const count = `${shown.length} of ${found.length} found, of ${tools.length} tools`;
      return `${count}\n${describe(shown, detail as (typeof details)[number])}`;
    },
  });
}

function ranked(tools: readonly ListedTool[], names: readonly string[]): readonly ListedTool[] {
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
  return names.flatMap((name) => byName.get(name) ?? []);
}

function describe(tools: readonly ListedTool[], detail: (typeof details)[number]): string {
  switch (detail) {
    case "name":
      return tools.map(({ name }) => name).join("\n");
    case "brief":
      return tools
        .map(({ name, title, description }) => {
          const line = plainLine(description ?? title ?? "", briefCharacters);
          return line === "" ? name : `${name}: ${line}`;
        })
        .join("\n");
    case "full":
      return toolDeclarations(tools);
  }
}
