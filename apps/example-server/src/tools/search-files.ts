import { defineTool, type Context } from "@plinth/core";
import { z } from "zod";
import type { Services } from "../services.ts";

export const searchFiles = defineTool({
  name: "search_files",
  title: "Search files",
  description: "Finds the lines of the workspace's text files that contain a text.",
  input: z.object({
    query: z.string().min(1).max(256).describe("The text as it stands there; not a regular expression"),
    glob: z.string().max(1_000).default("**").describe('Which files, such as "reports/**/*.md"'),
    ignore_case: z.boolean().default(true),
    limit: z.int().min(1).max(500).default(50),
  }),
  output: z.object({
    matches: z.array(z.object({ path: z.string(), line: z.number(), text: z.string() })),
    complete: z.boolean().describe("False when the limit left some out"),
  }),
  annotations: { readOnlyHint: true, openWorldHint: false },
  timeoutMs: 120_000,
  async handler({ query, glob, ignore_case, limit }, { services, signal }: Context<Pick<Services, "workspace">>) {
    const workspace = await services.workspace.get();
    const matches: { path: string; line: number; text: string }[] = [];
    for await (const { path, line, text } of workspace.search(query, { glob, ignoreCase: ignore_case, signal })) {
      if (matches.length === limit) return { matches, complete: false };
      matches.push({ path, line, text });
    }
    return { matches, complete: true };
  },
});
