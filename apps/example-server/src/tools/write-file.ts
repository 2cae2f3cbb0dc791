import { posix } from "node:path";
import { defineTool, type Context } from "@plinth/core";
import { z } from "zod";
import type { Services } from "../services.ts";

export const writeFile = defineTool({
  name: "write_file",
  title: "Write a file",
  description:
    "Writes a text file of the workspace, whole, with the directories it needs. Without if_match it makes a new file, and " +
    "refuses when there is one. To replace a file, read it first and pass its etag: then nothing is lost when somebody " +
    "else has written meanwhile.",
  input: z.object({
    path: z.string().max(4_096).describe('Such as "reports/may.md"'),
    content: z.string().describe("The whole text of the file"),
    if_match: z
      .string()
      .max(100)
      .optional()
      .describe("The etag of the version to replace, from read_file or write_file"),
  }),
  output: z.object({ path: z.string(), size: z.number(), etag: z.string().optional() }),
  annotations: { destructiveHint: true, openWorldHint: false },
  timeoutMs: 60_000,
  async handler({ path, content, if_match }, { services, signal }: Context<Pick<Services, "workspace">>) {
    const workspace = await services.workspace.get();
    const condition = if_match === undefined ? { ifNoneMatch: "*" as const } : { ifMatch: if_match };
    const write = () => workspace.write(path, content, { ...condition, signal });
    const { size, etag } = await write().catch(async (error: unknown) => {
      // A new file may need directories; nothing is made for a write that is refused.
      const { FileError } = await import("@plinth/file-operations");
      const isNew = if_match === undefined && FileError.isInstance(error) && error.code === "not-found";
      if (!isNew) throw error;
      await workspace.mkdir(posix.dirname(path), { recursive: true, signal });
      return write();
    });
    return { path, size, ...(etag !== undefined && { etag }) };
  },
});
