import type { ExaminedParameter } from "../examine.ts";
import type { Rule } from "../rule.ts";
import { showList } from "../show-text.ts";
import { wordsOf } from "../words.ts";

/** Names that mean the same everywhere. */
const known = new Set([
  "limit",
  "offset",
  "cursor",
  "page",
  "page size",
  "per page",
  "page token",
  "url",
  "uri",
  "email",
]);
/** Last words of the names of numbers that say the unit. */
const units = new Set(
  "ms seconds minutes hours days bytes kb mb kg g m cm mm km usd eur percent celsius fahrenheit count year month".split(
    " ",
  ),
);

export const undescribedParameter: Rule = {
  id: "undescribed-parameter",
  severity: "warning",
  finds: "parameters of a tool, or arguments of a prompt, without a description",
  why:
    "The model has to guess format, unit and meaning. What a description would only repeat needs none: choices (`enum`), yes or " +
    "no, numbers with a unit in the name, texts with a `format`, and usual names such as `limit` and `url`. Members of nested objects are not counted.",
  remedy: 'Describe each: `z.string().describe("...")` with unit, format or an example.',
  *check({ components, tools }) {
    for (const component of [...tools, ...components.filter(({ kind }) => kind === "prompt")]) {
      const silent = component.parameters.filter((parameter) => !isClear(parameter)).map(({ name }) => name);
      if (silent.length === 0) continue;
      const what = component.kind === "prompt" ? "argument" : "parameter";
      const message = `The ${what}${silent.length > 1 ? "s" : ""} ${showList(silent)} ${silent.length > 1 ? "have" : "has"} no description.`;
      yield { component, message };
    }
  },
};

function isClear({ name, description, schema }: ExaminedParameter): boolean {
  const words = wordsOf(name);
  if (description !== undefined || known.has(words.join(" "))) return true;
  const { type } = schema;
  if (type === "boolean" || "enum" in schema || "const" in schema || "format" in schema) return true;
  return (type === "number" || type === "integer") && words.length > 1 && units.has(words.at(-1) ?? "");
}
