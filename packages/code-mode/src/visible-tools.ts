import type { Context } from "@plinth/core";
import type { ListedTool } from "./listed-tool.ts";

/** List pages that are read at most: a server whose cursors go in circles would be read for ever. */
export const mostPages = 1000;

/**
 * A parameter that says for whom a `tools/list` is: `programs` get it unshortened; see `hideTools`. It is a parameter so
 * that a middleware that keeps answers, or shares those in the making, tells the two lists apart.
 */
export const viewParameter = "dev.plinth/view";

/**
 * The tools that this caller gets to see: `tools/list` through the whole pipeline, every page, asked anew each time, so
 * that nothing is remembered from one caller for another.
 *
 * @throws KitError when the pipeline refuses the list
 */
export async function visibleTools(context: Context): Promise<readonly ListedTool[]> {
  const tools = new Map<string, ListedTool>();
  let cursor: unknown;
  for (let pages = 0; pages < mostPages; pages += 1) {
    const params = { [viewParameter]: "programs", ...(cursor !== undefined && { cursor }) };
    const page = await context.invoke("tools/list", params);
    for (const tool of page["tools"] as readonly ListedTool[]) tools.set(tool.name, tool);
    cursor = page["nextCursor"];
    if (cursor === undefined) break;
  }
  return [...tools.values()];
}
