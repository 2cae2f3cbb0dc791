import { estimatedTokens } from "../estimated-tokens.ts";
import type { Rule } from "../rule.ts";

export const godServer: Rule = {
  id: "god-server",
  severity: "warning",
  finds: "a server with more than 50 tools, or whose tools cost a model more than 20,000 tokens",
  why:
    "Every tool is read by the model before the first word of the user, and the more there are, the worse it chooses. OpenAI " +
    "and VS Code refuse more than 128 tools in a request, Cursor shows about 40; all servers of a user share that room.",
  remedy:
    "Split the server by task, hide what an audience does not need, or add code mode (@plinth/code-mode), which shows three " +
    "tools in the place of all. Raise thresholds.tools or thresholds.listTokens if you know your clients.",
  sources: [
    "OpenAI API: `Invalid 'tools': array too long. Expected an array with maximum length 128`",
    "VS Code: `Cannot have more than 128 tools per request`",
    "Claude Code, MCP: tool search begins where descriptions exceed 10 % of the context window",
  ],
  *check({ tools, toolBytes }, { thresholds }) {
    if (tools.length > thresholds.tools) {
      yield { message: `There are ${tools.length} tools; more than ${thresholds.tools} are hard to choose from.` };
    }
    const tokens = estimatedTokens(toolBytes);
    if (tokens > thresholds.listTokens) {
      yield {
        message: `tools/list has ${toolBytes} bytes, about ${tokens} tokens in every conversation; the limit is ${thresholds.listTokens}.`,
      };
    }
  },
};
