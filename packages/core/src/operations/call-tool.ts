import type { ToolEntry } from "../catalog/catalog.ts";
import { isThenable, type Awaitable } from "../definitions/awaitable.ts";
import { describeProblems } from "../definitions/schema-problems.ts";
import type { SchemaCheck } from "../definitions/schema.ts";
import { toToolResult } from "../definitions/to-tool-result.ts";
import { KitError } from "../errors/kit-error.ts";
import { quote } from "../errors/quote.ts";
import type { Call, Result } from "../pipeline/call.ts";
import type { Operation } from "../pipeline/operation.ts";
import { optionalObject, requireString } from "./params.ts";

/** `tools/call` (MCP 2026-07-28, tools, calling tools). */
export const callTool: Operation = {
  method: "tools/call",
  capability: "tools",
  target: (catalog, params) => catalog.tools.get(params["name"] as string),
  run(call, catalog) {
    const name = requireString(call.params, "name", call.method);
    const sent = optionalObject(call.params, "arguments", call.method);
    const tool = catalog.tools.get(name);
    if (tool === undefined) {
      throw new KitError("NOT_FOUND", `Unknown tool: ${quote(name)}. tools/list names those there are.`);
    }
    // What has its answer at once need not wait for a turn of the event loop.
    const checked = tool.input.check(sent);
    return checked instanceof Promise
      ? checked.then((ready) => runTool(tool, ready, call))
      : runTool(tool, checked, call);
  },
};

function runTool(tool: ToolEntry, checked: SchemaCheck, { context }: Call): Awaitable<Result> {
  if (!checked.ok) {
    const problems = describeProblems(checked.problems);
    throw new KitError("INVALID_ARGUMENTS", `Invalid arguments for tool ${quote(tool.name)}: ${problems}`);
  }
  const returned: unknown = tool.definition.handler(checked.value, context);
  return isThenable(returned)
    ? Promise.resolve(returned).then((settled) => toToolResult(settled, tool))
    : toToolResult(returned, tool);
}
