import { destructiveVerb } from "../destructive-verbs.ts";
import type { ExaminedTool } from "../examine.ts";
import type { Rule } from "../rule.ts";
import { wordsOf } from "../words.ts";

/** Parameters by which a caller says that it is meant. */
const confirmations = new Set(["confirm", "confirmed", "confirmation", "confirms", "force", "dry", "preview"]);

export const destructiveUnconfirmed: Rule = {
  id: "destructive-unconfirmed",
  severity: "info",
  finds: "a tool that destroys or acts, and shows no sign that it asks first",
  why:
    "A model can be talked into a call by a text that it has read. This is a guess and cannot be more: it looks for `elicit` in the " +
    "handler's own text and for a parameter such as `confirm` or `dry_run`; a question that a helper asks is not seen.",
  remedy: "Ask the user with context.elicit() (docs/guides/elicitation.md), or take a confirm parameter.",
  *check({ tools }) {
    for (const tool of tools) {
      if (tool.hints.readOnly === true || !isDestructive(tool) || asksFirst(tool)) continue;
      yield {
        component: tool,
        message: "It destroys or acts; neither its handler's text nor its parameters show that it asks first.",
      };
    }
  },
};

function isDestructive(tool: ExaminedTool): boolean {
  if (tool.hints.destructive !== undefined) return tool.hints.destructive;
  return destructiveVerb(tool) !== undefined;
}

function asksFirst({ handlerText, parameters }: ExaminedTool): boolean {
  // Of a bound function there is no text, so nothing can be said.
  if (/\belicit\b/.test(handlerText) || handlerText.includes("[native code]")) return true;
  return parameters.some(({ name }) => wordsOf(name).some((word) => confirmations.has(word)));
}
