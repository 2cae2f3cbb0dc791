import { destructiveVerb } from "../destructive-verbs.ts";
import type { Rule } from "../rule.ts";
import { showText } from "../show-text.ts";

/** Verbs that are said of harmless things too: to remove a background, to drop a column of a result. */
const ambiguous = new Set(["remove", "drop", "truncate", "kill", "terminate", "revoke", "transfer", "charge"]);

export const misleadingAnnotation: Rule = {
  id: "misleading-annotation",
  severity: "error",
  finds: "a tool that says of itself that it deletes, sends or pays, and is annotated as harmless",
  why:
    "Clients run what is annotated as read-only without asking the user. An error is `readOnlyHint: true`; `destructiveHint: false` " +
    "is a warning, and only with verbs that lose data: what sends a message destroys nothing.",
  remedy: "Correct the annotations, or name the tool after what it does.",
  sources: ["MCP 2025-11-25, schema, ToolAnnotations"],
  *check({ tools }) {
    for (const tool of tools) {
      const found = destructiveVerb(tool);
      if (found === undefined || ambiguous.has(found.verb)) continue;
      const verb = showText(found.verb);
      if (tool.hints.readOnly === true) {
        yield { component: tool, message: `By the word ${verb} it changes something, and readOnlyHint is true.` };
      } else if (tool.hints.destructive === false && found.effect === "destroys") {
        const message = `By the word ${verb} it destroys something, and destructiveHint is false.`;
        yield { component: tool, severity: "warning", message };
      }
    }
  },
};
