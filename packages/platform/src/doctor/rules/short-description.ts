import type { ExaminedComponent } from "../examine.ts";
import type { Rule } from "../rule.ts";
import { showText } from "../show-text.ts";
import { wordsOf } from "../words.ts";

/** Writing systems in which one character says about as much as three letters do. */
const dense = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu;

export const shortDescription: Rule = {
  id: "short-description",
  severity: "warning",
  finds:
    "a description of less than 20 characters, or one that only repeats the name; for prompts and resources an info",
  why: "What the name says already does not help a model to tell one tool from another.",
  remedy: "Add what the name does not say: what comes back, from where, and when to use another tool.",
  *check({ components }, { thresholds }) {
    for (const component of components) {
      const description = component.description?.trim() ?? "";
      if (description === "") continue;
      const severity = component.kind === "tool" ? "warning" : "info";
      const length = description.slice(0, 1_000).replace(dense, "xxx").length;
      if (length < thresholds.descriptionLeast) {
        const message = `Its description has ${description.length} characters: ${showText(description)}.`;
        yield { component, severity, message };
      } else if (repeatsName(component, description)) {
        yield { component, severity, message: `Its description only repeats its name: ${showText(description)}.` };
      }
    }
  },
};

/** Words that say nothing: articles, and what every tool is. */
const empty = new Set(["a", "an", "the", "of", "to", "for", "tool", "this", "that", "it", "and", "s"]);

function repeatsName({ name }: ExaminedComponent, description: string): boolean {
  if (description.length > 200) return false;
  const said = new Set(wordsOf(name).map(stem));
  return wordsOf(description)
    .filter((word) => !empty.has(word))
    .every((word) => said.has(stem(word)));
}

/** Near enough to take "gets users" for "get user". */
function stem(word: string): string {
  return word.length > 3 ? word.replace(/(?:es|s)$/, "") : word;
}
