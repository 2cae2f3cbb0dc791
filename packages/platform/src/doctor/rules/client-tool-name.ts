import type { Rule } from "../rule.ts";
import { showText } from "../show-text.ts";

/** What Cursor allows for the names of server and tool together is 60. */
const roomForServer = 15;
const cursorLimit = 60;

export const clientToolName: Rule = {
  id: "client-tool-name",
  severity: "error",
  finds: "a tool's name that providers refuse (an error), that Gemini refuses (a warning), or that is long (an info)",
  why:
    "MCP allows dots, and Plinth slashes too; Anthropic, OpenAI and Claude Desktop take `^[a-zA-Z0-9_-]{1,64}$` and refuse the " +
    "whole conversation otherwise. Some clients rename such tools, others do not. Gemini wants a letter or an underscore first. " +
    "Clients put the server's name in front, and Cursor counts 60 characters for both.",
  remedy: "Use letters, digits, underscores and hyphens, a letter first, and at most 45 of them.",
  sources: [
    "Claude Desktop: `FrontendRemoteMcpToolDefinition.name: String should match pattern '^[a-zA-Z0-9_-]{1,64}$'`",
    "OpenAI API: `Invalid 'tools[0].name': string does not match pattern. Expected ... '^[a-zA-Z0-9_-]+$'`",
    "Vertex AI, FunctionDeclaration.name: must start with a letter or an underscore, at most 64 characters",
    "MCP 2025-11-25, server/tools, tool names",
  ],
  *check({ tools }) {
    for (const tool of tools) {
      const { name } = tool;
      if (!/^[a-zA-Z0-9_-]{1,64}$/.test(name)) {
        const odd = [...new Set(name.replace(/[a-zA-Z0-9_-]/g, ""))].join("");
        const reason = odd === "" ? `has ${name.length} characters` : `has ${showText(odd)} in it`;
        yield { component: tool, message: `The name ${showText(name)} ${reason}, which providers refuse.` };
      } else if (!/^[a-zA-Z_]/.test(name)) {
        const message = `The name ${showText(name)} does not begin with a letter, which Gemini refuses.`;
        yield { component: tool, severity: "warning", message };
      } else if (name.length > cursorLimit - roomForServer) {
        const message = `The name ${showText(name)} has ${name.length} characters; with a server's name in front it may be too long.`;
        yield { component: tool, severity: "info", message };
      }
    }
  },
};
