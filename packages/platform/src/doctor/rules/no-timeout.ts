import type { Rule } from "../rule.ts";

export const noTimeout: Rule = {
  id: "no-timeout",
  severity: "info",
  finds: "a tool without a `timeoutMs`, unless the option `timeoutMs` says that the server has one for all",
  why:
    "Without a limit, a service that does not answer holds the call, its memory and the user for as long as it likes. Whether " +
    "middleware sets one cannot be seen from outside.",
  remedy:
    "Give the tool a timeoutMs and the server the timeout middleware, which has a default; then tell the doctor: { timeoutMs }.",
  *check({ tools }, { timeoutMs }) {
    if (timeoutMs !== undefined) return;
    for (const tool of tools) {
      if (tool.timeoutMs === undefined) yield { component: tool, message: "It has no timeoutMs." };
    }
  },
};
