import type { ExaminedTool } from "../examine.ts";
import type { Rule } from "../rule.ts";
import { wordsOf } from "../words.ts";

const lists = new Set(["list", "search", "query", "browse", "scan"]);

/** Words of parameters by which a caller says how much, or where to go on; in SQL there is a place for it. */
const bounds = new Set(
  "limit max maximum size count top first last take page pages cursor offset skip per after before start range n k sql".split(
    " ",
  ),
);

export const unboundedResults: Rule = {
  id: "unbounded-results",
  severity: "warning",
  finds: "a tool that lists, searches or queries without a limit or a cursor",
  why:
    "What fits today fills the model's context once there is more data. Counted are tools whose name says that they list; one whose " +
    "output schema has no list, or only lists with `maxItems`, is left alone.",
  remedy: "Add a limit with a default and a maximum, and a cursor or an offset for the rest.",
  *check({ tools }) {
    for (const tool of tools) {
      if (!isList(tool) || isBounded(tool)) continue;
      yield { component: tool, message: "Its name says that it lists, and no parameter limits how much." };
    }
  },
};

/** The verb begins the name, or follows its name space: `list_orders`, `orders.search`. */
function isList({ name }: ExaminedTool): boolean {
  const words = wordsOf(name);
  return lists.has(words[0] ?? "") || (words.length > 1 && lists.has(words.at(-1) ?? "") && /[./]/.test(name));
}

function isBounded({ inputNodes, outputNodes }: ExaminedTool): boolean {
  const names = inputNodes.flatMap(({ property }) => (property === undefined ? [] : wordsOf(property)));
  if (names.some((name) => bounds.has(name))) return true;
  const open = outputNodes.filter(({ schema }) => schema["type"] === "array" && schema["maxItems"] === undefined);
  return outputNodes.length > 0 && open.length === 0;
}
