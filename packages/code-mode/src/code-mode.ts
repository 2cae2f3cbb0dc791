import type { CodeExecutor } from "@plinth/code-executor";
import type { AnyTool, Context, Middleware } from "@plinth/core";
import { getToolSchema } from "./get-tool-schema.ts";
import { hideTools } from "./hide-tools.ts";
import type { ListedTool } from "./listed-tool.ts";
import type { RunCodeOptions } from "./run-code-options.ts";
import { runCode } from "./run-code.ts";
import { searchTools } from "./search-tools.ts";
import { toolSelection, type ToolSelectionOptions } from "./tool-selection.ts";
import { visibleTools } from "./visible-tools.ts";

/** Options for {@link codeMode}. */
export interface CodeModeOptions extends ToolSelectionOptions, RunCodeOptions {
  /** What runs the programs, or something that passes them on to it. It stays yours: close it after the server. */
  readonly executor: Pick<CodeExecutor, "run">;
}

/** What {@link codeMode} gives: the three tools, to be spread into a server's components. */
export interface CodeMode extends ReadonlyArray<AnyTool> {
  /**
   * Leaves out of `tools/list` what programs can call, so that a client reads three tools and the few that programs
   * cannot call. It only shortens the list: a client that knows a name can still call that tool.
   */
  readonly hideTools: Middleware;
}

/**
 * Code mode: a model searches the catalog, reads the declarations of the tools it wants, and writes one program over
 * them, in the place of many calls with every result passing through the model.
 *
 * The three tools see what `tools/list` shows their caller, and every call that a program makes goes through the whole
 * pipeline as that caller's: validation, authorization, limits and audit as for a direct call.
 *
 * @throws KitError `MISUSE` for an option that cannot be
 */
export function codeMode({ executor, ...options }: CodeModeOptions): CodeMode {
  const isSelected = toolSelection(options, new Set(["search_tools", "get_tool_schema", "run_code"]));
  const callableTools = async (context: Context): Promise<readonly ListedTool[]> =>
    (await visibleTools(context)).filter((tool) => isSelected(tool));
  const tools = [searchTools(callableTools), getToolSchema(callableTools), runCode(executor, callableTools, options)];
  return Object.assign(tools, { hideTools: hideTools(isSelected) });
}
