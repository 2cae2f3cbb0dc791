import type { HostFunction } from "@plinth/code-executor";
import { defineTool, type Context, text, toolResult } from "@plinth/core";
import { z } from "zod";
import type { Services } from "../services.ts";

export const runCode = defineTool({
  name: "run_code",
  title: "Run a program over the data",
  description:
    "Runs the body of an async function in a sandbox; what it returns is the answer. `await datasets.list()` and " +
    "`await datasets.query({ dataset_id, filters, limit, offset })` give what list_datasets and query_dataset give. There " +
    "is no network, no file, no process and no import. Compute in the program, and return only what is needed.",
  input: z.object({
    code: z
      .string()
      .min(1)
      .describe('For example: const { total } = await datasets.query({ dataset_id: "films" }); return total;'),
    language: z.enum(["javascript", "typescript"]).default("javascript"),
  }),
  output: z.object({
    value: z.unknown().optional().describe("What the program returned"),
    stdout: z.string().describe("What it logged"),
    stderr: z.string(),
  }),
  annotations: { readOnlyHint: true, openWorldHint: false },
  timeoutMs: 120_000,
  async handler({ code, language }, context: Context<Pick<Services, "executor">>) {
    const executor = await context.services.executor.get();
    const { GuestError } = await import("@plinth/code-executor");

    /** A call by the program is a call of this server like any other: checked, limited and logged as its caller's own. */
    const callTool =
      (name: string): HostFunction =>
      async ([input], { signal }) => {
        const result = await context.invoke("tools/call", { name, arguments: input ?? {} }, { signal });
        if (result["isError"] === true) throw new GuestError(textOf(result["content"]));
        return result["structuredContent"];
      };

    const result = await executor.run(code, {
      language,
      signal: context.signal,
      capabilities: {
        functions: { datasets: { list: callTool("list_datasets"), query: callTool("query_dataset") } },
      },
      limits: { calls: 100, artifacts: 0 },
    });
    const { stdout, stderr } = result;
    if (result.ok) return { value: result.value, stdout, stderr };
    const where = result.line === undefined ? "" : ` in line ${result.line}`;
    const written = [stdout, stderr].filter((output) => output !== "").map((output) => text(output));
    return toolResult({
      content: [text(`The program failed (${result.failure})${where}: ${result.message}`), ...written],
      isError: true,
    });
  },
});

function textOf(content: unknown): string {
  return (content as readonly { readonly text?: string }[]).map((block) => block.text ?? "").join("\n");
}
