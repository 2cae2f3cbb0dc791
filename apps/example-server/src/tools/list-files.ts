import { defineTool, type Context } from "@plinth/core";
import { z } from "zod";
import type { Services } from "../services.ts";

export const listFiles = defineTool({
  name: "list_files",
  title: "List files",
  description: "Lists the files and directories of the workspace, or of a directory in it.",
  input: z.object({
    path: z.string().max(4_096).default(".").describe('A directory, such as "reports/2026"; "." is the workspace'),
    recursive: z.boolean().default(false).describe("Also what is in the directories below"),
    limit: z.int().min(1).max(1_000).default(200),
  }),
  output: z.object({
    entries: z.array(z.object({ path: z.string(), kind: z.string(), size: z.number() })),
    complete: z.boolean().describe("False when the limit left some out"),
  }),
  annotations: { readOnlyHint: true, openWorldHint: false },
  timeoutMs: 60_000,
  async handler({ path, recursive, limit }, { services, signal }: Context<Pick<Services, "workspace">>) {
    const workspace = await services.workspace.get();
    const found = recursive
      ? workspace.walk(path, { details: true, signal })
      : workspace.list(path, { details: true, signal });
    const entries: { path: string; kind: string; size: number }[] = [];
    for await (const { path: name, kind, size = 0 } of found) {
      if (entries.length === limit) return { entries, complete: false };
      entries.push({ path: name, kind, size });
    }
    return { entries, complete: true };
  },
});
