import type { Rule } from "../rule.ts";

export const missingDescription: Rule = {
  id: "missing-description",
  severity: "warning",
  finds: "a component without a description; for a tool an error",
  why: "A model chooses tools by their descriptions. Without one it guesses from the name, or leaves the tool alone.",
  remedy: "Say what it does, when to use it, and what comes back, in one to three sentences.",
  *check({ components }) {
    for (const component of components) {
      if ((component.description ?? "").trim() !== "") continue;
      yield {
        component,
        severity: component.kind === "tool" ? "error" : "warning",
        message: component.description === undefined ? "It has no description." : "Its description is empty.",
      };
    }
  },
};
