import type { Rule } from "../rule.ts";
import { showText } from "../show-text.ts";

const meaningless =
  /^(?:(?:do|run|exec|execute|process|handle|action|call|invoke|tool|function|func|helper|utils?|misc|stuff|thing|data|test|foo|bar|baz|tmp|temp|my_?tool|new_?tool)[_-]?\d*|.{1,2})$/i;

export const unclearName: Rule = {
  id: "unclear-name",
  severity: "warning",
  finds: "a tool whose name says nothing: `run`, `process`, `tool1`, or two letters",
  why: "The name is what a model remembers and what people see in the log and when they are asked to allow a call.",
  remedy: "Name it after what it does to what: `search_orders`, `send_invoice`.",
  *check({ tools }) {
    for (const tool of tools) {
      if (!meaningless.test(tool.name)) continue;
      yield { component: tool, message: `The name ${showText(tool.name)} does not say what it does.` };
    }
  },
};
