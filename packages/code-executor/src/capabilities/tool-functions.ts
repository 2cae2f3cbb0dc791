import { CodeExecutorError } from "../code-executor-error.ts";
import type { CallTarget } from "./call-router.ts";
import type { ToolCaller, Tools } from "./capabilities.ts";

/** The `tools` capability by name. @throws CodeExecutorError `invalid` for what is neither functions nor a caller */
export function toolFunctions(tools: Tools): Map<string, CallTarget> {
  if (isCaller(tools)) {
    return new Map(tools.names.map((name) => [name, ([args = null], context) => tools.call(name, args, context)]));
  }
  return new Map(
    Object.entries(tools).map(([name, tool]) => {
      if (typeof tool !== "function") throw new CodeExecutorError("invalid", `tools["${name}"] is no function.`);
      return [name, ([args = null], context) => tool(args, context)];
    }),
  );
}

/** A tool may be called "names" or "call", but is never a list. */
function isCaller(tools: Tools): tools is ToolCaller {
  return Array.isArray(tools.names) && typeof tools.call === "function";
}
