import type { Middleware } from "@plinth/core";
import type { ListedTool } from "./listed-tool.ts";
import type { ToolSelection } from "./tool-selection.ts";
import { mostPages, viewParameter } from "./visible-tools.ts";

/**
 * Leaves out of clients' `tools/list` what programs can call, on one page. It shortens lists and guards nothing: a
 * client that knows a tool's name can call it.
 */
export function hideTools(isSelected: ToolSelection): Middleware {
  return async function hideTools(call, next) {
    if (call.method !== "tools/list" || call.params[viewParameter] === "programs") return next(call);
    const { cursor: _, ...params } = call.params;
    const tools: ListedTool[] = [];
    let result = await next(call.with({ params }));
    for (let pages = 1; ; pages += 1) {
      const { tools: listed, nextCursor, ...others } = result;
      tools.push(...(listed as readonly ListedTool[]).filter((tool) => !isSelected(tool)));
      if (nextCursor === undefined || pages === mostPages) return { ...others, tools };
      result = await next(call.with({ params: { ...params, cursor: nextCursor } }));
    }
  };
}
