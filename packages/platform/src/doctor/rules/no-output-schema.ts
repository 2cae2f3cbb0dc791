import type { Rule } from "../rule.ts";

export const noOutputSchema: Rule = {
  id: "no-output-schema",
  severity: "info",
  finds: "a tool without an output schema",
  why:
    "With one, programs and models know what comes back before they call, and a wrong answer is found on the server. A tool whose " +
    "answer is a text for reading needs none.",
  remedy: "Add `output`, if the answer is data.",
  *check({ tools }) {
    for (const tool of tools) {
      if (tool.outputNodes.length === 0) yield { component: tool, message: "It has no output schema." };
    }
  },
};
