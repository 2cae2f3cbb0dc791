import type { ExaminedParameter } from "../examine.ts";
import type { Observation, Rule } from "../rule.ts";
import { showList } from "../show-text.ts";

export const clientParameterName: Rule = {
  id: "client-parameter-name",
  severity: "error",
  finds: "a parameter whose name Anthropic refuses (an error), Gemini refuses, or JavaScript inherits (warnings)",
  why:
    "One property key such as `filter[id]` or `$top` makes the Anthropic API refuse every tool of the conversation. Gemini takes " +
    "letters, digits and underscores. `__proto__` is lost in clients that build plain objects.",
  remedy: "Rename it to letters, digits and underscores, and map it to the other name inside the handler.",
  sources: [
    "Anthropic API: `input_schema.properties: Property keys should match pattern '^[a-zA-Z0-9_.-]{1,64}$'`",
    "Vertex AI, FunctionDeclaration.parameters: names begin with a letter or underscore, then letters, digits, underscores, at most 64",
  ],
  *check({ tools }) {
    for (const tool of tools) {
      const refused = tool.parameters.filter(({ name }) => !/^[a-zA-Z0-9_.-]{1,64}$/.test(name));
      if (refused.length > 0) yield { component: tool, message: `Anthropic refuses the parameter ${shown(refused)}.` };
      yield* warnings(tool.parameters.filter((parameter) => !refused.includes(parameter))).map((message) => ({
        component: tool,
        severity: "warning" as const,
        message,
      }));
    }
  },
};

function warnings(parameters: readonly ExaminedParameter[]): readonly NonNullable<Observation["message"]>[] {
  const gemini = parameters.filter(({ name }) => !/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name));
  const inherited = parameters.filter(({ name }) => name === "__proto__");
  return [
    ...(gemini.length > 0 ? [`Gemini refuses the parameter ${shown(gemini)}.`] : []),
    ...(inherited.length > 0 ? [`The parameter ${shown(inherited)} is lost in clients that build plain objects.`] : []),
  ];
}

function shown(parameters: readonly ExaminedParameter[]): string {
  return showList(parameters.map(({ name }) => name));
}
