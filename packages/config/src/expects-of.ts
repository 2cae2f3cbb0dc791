import { z } from "zod";
import { detailsOf, innermost } from "./setting.ts";

const words: ReadonlyMap<string, string> = new Map([
  ["number", "a number"],
  ["bigint", "a whole number"],
  ["date", "a date"],
  ["template_literal", "text of a given pattern"],
]);

/** What a schema allows, so that it completes "must be ...": its own words, or what its type says. */
export function expectsOf(schema: z.ZodType): string {
  return detailsOf(schema).expects ?? typeText(schema);
}

/** `a, b or c` */
export function alternatives(values: readonly unknown[]): string {
  const texts = values.map(String);
  return texts.length < 2 ? texts.join() : `${texts.slice(0, -1).join(", ")} or ${texts.at(-1)}`;
}

function typeText(schema: z.ZodType): string {
  const inner = innermost(schema);
  if (inner instanceof z.ZodEnum) return alternatives(inner.options);
  if (inner instanceof z.ZodLiteral) return alternatives([...inner.values]);
  if (inner instanceof z.ZodUnion) return inner.options.map((option) => expectsOf(option as z.ZodType)).join(" or ");
  if (inner instanceof z.ZodString || inner instanceof z.ZodStringFormat) return stringText(inner);
  return words.get(inner.type) ?? "a value that its schema accepts";
}

function stringText({ format, minLength, maxLength }: z.ZodString | z.ZodStringFormat): string {
  const name = format === null || format === "regex" ? "text" : `text in the format ${format}`;
  if (minLength !== null && maxLength !== null) return `${name} of ${minLength} to ${maxLength} characters`;
  if (maxLength !== null) return `${name} of at most ${maxLength} characters`;
  if (minLength === null || minLength === 0) return name;
  return minLength === 1 ? `${name} that is not empty` : `${name} of at least ${minLength} characters`;
}
