import type { Rule } from "../rule.ts";
import { showText } from "../show-text.ts";

export const longDescription: Rule = {
  id: "long-description",
  severity: "warning",
  finds: "a tool's description of more than 1,024 characters",
  why:
    "OpenAI has refused longer ones with status 400, and with them the whole conversation; Claude Code cuts them off after 2,048. " +
    "Every conversation pays for them.",
  remedy:
    "Put the beginning of what matters into the description, and the rest into the server's instructions or a resource.",
  sources: [
    "OpenAI API: `Invalid 'tools[0].function.description': string too long. Expected a string with maximum length 1024`",
    "Claude Code 2.1.84: tool descriptions of MCP servers are truncated at 2 KB",
  ],
  *check({ tools }, { thresholds }) {
    for (const tool of tools) {
      const { length } = tool.description ?? "";
      if (length <= thresholds.descriptionMost) continue;
      const message = `Its description has ${length} characters, more than ${thresholds.descriptionMost}: ${showText(tool.description ?? "")}.`;
      yield { component: tool, message };
    }
  },
};
