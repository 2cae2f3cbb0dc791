import { describeProblems } from "../definitions/schema-problems.ts";
import { toToolResult } from "../definitions/to-tool-result.ts";
import { KitError } from "../errors/kit-error.ts";
import { quote } from "../errors/quote.ts";
import type { Operation } from "../pipeline/operation.ts";
import { optionalObject, requireString } from "./params.ts";

/** `tools/call` (MCP 2026-07-28, tools, calling tools). */
export const callTool: Operation = {
  method: "tools/call",
  capability: "tools",
  target: (catalog, params) => catalog.tools.get(params["name"] as string),
  async run(call, catalog) {
    const name = requireString(call.params, "name", call.method);
    const sent = optionalObject(call.params, "arguments", call.method);
    const tool = catalog.tools.get(name);
    if (tool === undefined) {
      throw new KitError("NOT_FOUND", `Unknown tool: ${quote(name)}. tools/list names those there are.`);
    }
    const checking = tool.input.check(sent);
    const checked = checking instanceof Promise ? await checking : checking;
    if (!checked.ok) {
      const problems = describeProblems(checked.problems);
      throw new KitError("INVALID_ARGUMENTS", `Invalid arguments for tool ${quote(name)}: ${problems}`);
    }
    return toToolResult(await tool.definition.handler(checked.value, call.context), tool);
  },
};
