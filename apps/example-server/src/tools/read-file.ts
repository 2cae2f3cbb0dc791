import { defineTool, type Context } from "@plinth/core";
import { z } from "zod";
import type { Services } from "../services.ts";
import { textPage, textPageInput, textPageOutput } from "./text-page.ts";

export const readFile = defineTool({
  name: "read_file",
  title: "Read a file",
  description:
    "Reads a text file of the workspace, a long one in parts, with the etag that write_file needs to replace it.",
  input: z.object({ path: z.string().max(4_096).describe('Such as "reports/may.md"'), ...textPageInput }),
  output: z.object({
    path: z.string(),
    etag: z.string().optional().describe("The version of the file, for write_file"),
    ...textPageOutput,
  }),
  annotations: { readOnlyHint: true, openWorldHint: false },
  timeoutMs: 60_000,
  async handler({ path, start, max_chars }, { services, signal }: Context<Pick<Services, "workspace">>) {
    const workspace = await services.workspace.get();
    // In this order: when somebody writes in between, the etag is the older one, and a write with it is refused.
    const { etag } = await workspace.stat(path, { signal });
    const text = await workspace.readText(path, { signal });
    return { path, ...(etag !== undefined && { etag }), ...textPage(text, start, max_chars) };
  },
});
