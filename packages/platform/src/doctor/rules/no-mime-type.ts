import type { Rule } from "../rule.ts";

export const noMimeType: Rule = {
  id: "no-mime-type",
  severity: "warning",
  finds: "a resource without a MIME type; for a template an info, since its resources may differ",
  why: "A client decides by it whether to show, to save or to hand on what it reads, without reading it first.",
  remedy: 'Set mimeType, such as "application/json" or "text/markdown".',
  *check({ components }) {
    for (const component of components) {
      if (component.kind !== "resource" && component.kind !== "resource-template") continue;
      if (component.mimeType !== undefined && component.mimeType !== "") continue;
      const severity = component.kind === "resource" ? "warning" : "info";
      yield { component, severity, message: "It has no mimeType." };
    }
  },
};
