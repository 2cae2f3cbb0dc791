import { KitError } from "@plinth/core";
import type { ListedTool } from "./listed-tool.ts";

/** Tools by their names, or by what `tools/list` says about them. */
export type ToolMatch = readonly string[] | ((tool: ListedTool) => boolean);

/** Which tools programs may call, among those that their caller sees. */
export interface ToolSelectionOptions {
  /** Only these. @default every tool */
  readonly include?: ToolMatch;
  /** Not these; wins over `include`. @default none */
  readonly exclude?: ToolMatch;
  /**
   * What becomes of tools annotated with `destructiveHint: true`. Clients ask their user about calls of such tools, and
   * cannot when a program makes them. **Security:** `"allow"` gives that question up.
   * @default "exclude"
   */
  readonly destructive?: "exclude" | "allow";
}

/** Whether programs may call a tool. */
export type ToolSelection = (tool: ListedTool) => boolean;

/**
 * Makes the selection out of its options. The tools of code mode itself are never selected.
 *
 * @throws KitError `MISUSE` for an option that is neither names nor a function, or a `destructive` that does not exist
 */
export function toolSelection(
  { include, exclude, destructive = "exclude" }: ToolSelectionOptions,
  ownNames: ReadonlySet<string>,
): ToolSelection {
  if (destructive !== "exclude" && destructive !== "allow") {
    throw new KitError("MISUSE", `destructive is ${JSON.stringify(destructive)}; it must be "exclude" or "allow"`);
  }
  const isIncluded = toPredicate("include", include, true);
  const isExcluded = toPredicate("exclude", exclude, false);
  return (tool) =>
    !ownNames.has(tool.name) &&
    (destructive === "allow" || tool.annotations?.destructiveHint !== true) &&
    isIncluded(tool) &&
    !isExcluded(tool);
}

function toPredicate(option: string, match: ToolMatch | undefined, otherwise: boolean): ToolSelection {
  if (match === undefined) return () => otherwise;
  if (typeof match === "function") return (tool) => match(tool);
  // Text has elements, too: exclude: "delete" would exclude tools with names of one letter.
  if (!Array.isArray(match) || !match.every((name) => typeof name === "string")) {
    throw new KitError(
      "MISUSE",
      `${option} is ${JSON.stringify(match)}; it must be a list of tool names or a function`,
    );
  }
  const names: ReadonlySet<string> = new Set(match);
  return ({ name }) => names.has(name);
}
