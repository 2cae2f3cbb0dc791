import type { ExaminedComponent } from "../examine.ts";
import type { Rule } from "../rule.ts";
import { showList, showText } from "../show-text.ts";
import { wordsOf } from "../words.ts";

/** Words that make no difference. */
const empty = new Set(["a", "an", "the", "of", "to", "for", "in", "and", "or", "this", "that", "tool"]);

export const duplicateDescription: Rule = {
  id: "duplicate-description",
  severity: "warning",
  finds: "components of one kind whose descriptions are the same but for order, case, numbers and punctuation",
  why: "A model cannot tell them apart, and takes either. Mostly it is a copy that somebody forgot to change.",
  remedy: "Say in each what sets it apart, or make one component of them.",
  *check({ components }) {
    const groups = new Map<string, ExaminedComponent[]>();
    for (const component of components) {
      const key = meaning(component);
      if (key === undefined) continue;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [component]);
      else group.push(component);
    }
    for (const [first, ...others] of groups.values()) {
      if (first === undefined || others.length === 0) continue;
      const names = showList(others.map(({ name }) => name));
      yield { component: first, message: `${names} says the same as it does: ${showText(first.description ?? "")}.` };
    }
  },
};

/** The words that matter, in order of the alphabet; of a description of three words or more. */
function meaning({ kind, description = "" }: ExaminedComponent): string | undefined {
  const words = description
    .slice(0, 5_000)
    .split(/\s+/)
    .flatMap((part) => wordsOf(part))
    .filter((word) => !empty.has(word) && !/^\p{N}+$/u.test(word));
  const different = [...new Set(words)].toSorted();
  return different.length < 3 ? undefined : `${kind} ${different.join(" ")}`;
}
