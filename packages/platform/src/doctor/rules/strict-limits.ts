import type { ExaminedTool } from "../examine.ts";
import type { Rule } from "../rule.ts";

/** The limits of OpenAI's strict mode. */
const most = { levels: 10, properties: 5_000, choices: 1_000, characters: 120_000 };

export const strictLimits: Rule = {
  id: "strict-limits",
  severity: "warning",
  finds:
    "an input schema beyond the limits of OpenAI's strict mode: 10 levels, 5,000 properties, 1,000 choices, 120,000 characters of names",
  why: "A larger schema is refused with status 400. Enumerations of hundreds of values belong to data, not to a schema.",
  remedy:
    "Take a text in the place of an enumeration, and check it in the handler, with a tool or completion that lists the values.",
  sources: ["OpenAI, Structured Outputs, supported schemas (as of February 2026)"],
  *check({ tools }) {
    for (const tool of tools) {
      const size = sizeOf(tool);
      const over = (Object.keys(most) as (keyof typeof most)[]).filter((what) => size[what] > most[what]);
      if (over.length === 0) continue;
      const told = over.map((what) => `${size[what]} ${what} of ${most[what]}`).join(", ");
      yield { component: tool, message: `Its input schema has ${told}.` };
    }
  },
};

function sizeOf({ inputNodes }: ExaminedTool): Record<keyof typeof most, number> {
  const size = { levels: 0, properties: 0, choices: 0, characters: 0 };
  for (const { schema, property, depth } of inputNodes) {
    const choices: readonly unknown[] = Array.isArray(schema["enum"]) ? schema["enum"] : [];
    size.levels = Math.max(size.levels, depth);
    size.properties += property === undefined ? 0 : 1;
    size.choices += choices.length;
    size.characters += property?.length ?? 0;
    for (const choice of choices) size.characters += typeof choice === "string" ? choice.length : 0;
  }
  return size;
}
