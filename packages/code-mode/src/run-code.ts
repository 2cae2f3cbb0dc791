import {
  CodeExecutorError,
  type CodeExecutor,
  type Language,
  type RunOptions,
  type RunResult,
} from "@plinth/code-executor";
import { defineTool, KitError, type AnyTool, type Context } from "@plinth/core";
import { toAnswer } from "./run-answer.ts";
import { assertRunCodeOptions, type RunCodeOptions } from "./run-code-options.ts";
import type { CallableTools } from "./search-tools.ts";
import { ToolCalls } from "./tool-calls.ts";
import type { ToolSelectionOptions } from "./tool-selection.ts";

/** Calls beyond `maxCalls` that are refused one by one, before a program that does not stop is ended. */
const refusedCalls = 100;

/** A tool that runs a program over other tools. */
export function runCode(
  executor: Pick<CodeExecutor, "run">,
  callableTools: CallableTools,
  options: RunCodeOptions & Pick<ToolSelectionOptions, "destructive">,
): AnyTool {
  const { maxCalls, maxOutputCharacters, languages } = assertRunCodeOptions(options);
  return defineTool({
    name: "run_code",
    title: "Run a program over tools",
    description: describe(languages, maxCalls),
    input: {
      type: "object",
      properties: {
        code: { type: "string", minLength: 1 },
        language: { type: "string", enum: languages, default: languages[0] },
      },
      required: ["code"],
      additionalProperties: false,
    },
    output: {
      type: "object",
      properties: {
        value: { description: "What the program returned." },
        cut: { const: true, description: "The value was too long to be here; the text has its beginning." },
        calls: { type: "integer" },
      },
      required: ["calls"],
    },
    annotations: { readOnlyHint: false, destructiveHint: options.destructive === "allow", openWorldHint: true },
    async handler({ code, language }, context) {
      const calls = new ToolCalls(context, maxCalls);
      const tools = await callableTools(context);
      const result = await run(executor, code as string, {
        language: (language ?? languages[0]) as Language,
        capabilities: {
          tools: {
            names: tools.map(({ name }) => name),
            call: (name, args, { signal }) => calls.call(name, args, signal),
          },
        },
        limits: { calls: maxCalls + refusedCalls, artifacts: 0 },
        signal: context.signal,
        context,
      });
      // Whoever ended the call has said why, and nobody reads how the program took it.
      context.signal.throwIfAborted();
      return toAnswer(result, { calls: calls.made, maxCharacters: maxOutputCharacters });
    },
  });
}

/** What the model is told; only of the languages that there are. */
function describe(languages: readonly Language[], maxCalls: number): string {
  const isScript = languages.some((language) => language !== "python");
  const script =
    "`code` is the body of an async function, whose return value is the answer. `await tools.name({ ... })` calls a tool " +
    "and gives its structured result, or its text if it has none; a call that fails throws. Make independent calls at " +
    "once with Promise.all. ";
  const python =
    `${isScript ? "In Python, the" : "The"} value of the last expression is the answer, and ` +
    "`await tools.name(key=value)` calls a tool. ";
  return (
    `Runs a program over tools. ${isScript ? script : ""}${languages.includes("python") ? python : ""}` +
    "Filter and sum up in the program, and answer with no more than is needed. There is no network, no file and no " +
    `import, and a run makes at most ${maxCalls} calls. search_tools finds tools, get_tool_schema tells how to call them.`
  );
}

/** Runs the program, and turns the executor's errors into what a client may know. */
async function run(
  executor: Pick<CodeExecutor, "run">,
  code: string,
  { context, ...options }: RunOptions & { readonly context: Context },
): Promise<RunResult> {
  try {
    return await executor.run(code, options);
  } catch (error) {
    if (!CodeExecutorError.isInstance(error)) throw error;
    switch (error.code) {
      case "busy":
        throw new KitError("UNAVAILABLE", "Too many programs are running. Try again in a moment.", { cause: error });
      case "invalid":
      case "unavailable":
      case "closed":
        // The remedy is for the operator, and names what is installed.
        context.log.error("Programs cannot be run", { error });
        throw new KitError("UNAVAILABLE", "Programs cannot be run on this server at the moment.", { cause: error });
    }
  }
}
