import type { Rule } from "../rule.ts";
import { showText } from "../show-text.ts";

/** Nothing fixed but the scheme, and at the end a variable that takes slashes. */
const everything = /^(?:[a-z][a-z0-9+.-]*:)?\/{0,3}(?:\{[^{}+#][^{}]*\}\/?)*\{[+#][^{}]+\}$/i;

export const greedyTemplate: Rule = {
  id: "greedy-template",
  severity: "warning",
  finds: "a resource template that takes every URI of its scheme, such as `files://{+path}`",
  why:
    "It answers for whatever nobody else does, so that a misspelled URI becomes a read with an odd argument, and `{+path}` brings " +
    "slashes and dots with it: a path out of where it should stay.",
  remedy:
    "Put what all of them have in common in front, `files://workspace/{+path}`, and check the value; @plinth/file-operations does.",
  sources: ["RFC 6570, section 3.2.3, reserved expansion"],
  *check({ components }) {
    for (const component of components) {
      if (component.kind !== "resource-template") continue;
      if (!everything.test(component.name)) continue;
      yield { component, message: `The template ${showText(component.name)} takes every URI of its scheme.` };
    }
  },
};
