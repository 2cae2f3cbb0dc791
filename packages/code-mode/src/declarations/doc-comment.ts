import { quoted } from "./literal-type.ts";
import { plainLine } from "./plain-line.ts";

/** What a TypeScript type cannot say, in the order in which it is told, with the tag that tells it. */
const facts: readonly (readonly [keyword: string, tag: string])[] = [
  ["format", "format"],
  ["pattern", "pattern"],
  ["minimum", "min"],
  ["exclusiveMinimum", "above"],
  ["maximum", "max"],
  ["exclusiveMaximum", "below"],
  ["multipleOf", "multipleOf"],
  ["minLength", "minLength"],
  ["maxLength", "maxLength"],
  ["minItems", "minItems"],
  ["maxItems", "maxItems"],
  ["default", "default"],
];

/**
 * A comment of one line with a schema's description and limits; empty when it has none. What it takes from the schema
 * is cut and cleaned, so that it cannot end the comment or hide something in it.
 */
export function docComment(schema: Readonly<Record<string, unknown>>, maxCharacters: number): string {
  const { title, description } = schema;
  const words = typeof description === "string" ? description : typeof title === "string" ? title : "";
  const tags = facts.flatMap(([keyword, tag]) => {
    const text = factText(schema[keyword], schema["type"] === "integer");
    return text === undefined ? [] : [`@${tag} ${plainLine(text, 60)}`];
  });
  const integer = schema["type"] === "integer" ? ["@integer"] : [];
  const line = [plainLine(words, maxCharacters), ...integer, ...tags].filter((part) => part !== "").join(" ");
  return line === "" ? "" : `/** ${line} */`;
}

function factText(value: unknown, isInteger: boolean): string | undefined {
  if (typeof value === "number") {
    // Schema libraries write the range of exact whole numbers, which everybody knows.
    return isInteger && Math.abs(value) === Number.MAX_SAFE_INTEGER ? undefined : String(value);
  }
  if (typeof value === "boolean") return String(value);
  return typeof value === "string" && value.length <= 200 ? quoted(value) : undefined;
}
