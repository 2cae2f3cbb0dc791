import type { ExaminedComponent } from "../examine.ts";
import type { Rule } from "../rule.ts";
import { showList, showText } from "../show-text.ts";

/** Letters of other scripts that look like these of Latin, as far as names use them (Unicode TR 39, confusables). */
const lookAlikes: ReadonlyMap<string, string> = new Map(
  [
    ["a", "аα"],
    ["b", "в"],
    ["c", "сϲ"],
    ["d", "ԁ"],
    ["e", "еεҽ"],
    ["g", "ɡ"],
    ["h", "һн"],
    ["i", "іι"],
    ["j", "ј"],
    ["k", "кκ"],
    ["l", "ӏ1|"],
    ["m", "мm"],
    ["n", "пո"],
    ["o", "оοօ0"],
    ["p", "рρ"],
    ["q", "ԛ"],
    ["s", "ѕ"],
    ["t", "тτ"],
    ["u", "υս"],
    ["v", "νѵ"],
    ["w", "ԝω"],
    ["x", "хχ"],
    ["y", "уγ"],
    ["z", "ᴢ"],
  ].flatMap(([latin = "", others = ""]) => Array.from(others, (other) => [other, latin] as const)),
);

export const collidingNames: Rule = {
  id: "colliding-names",
  severity: "error",
  finds: "names of one kind that differ only in case, in separators, or in letters that look alike",
  why:
    "Models mix up `getUser` and `get_user`. Clients that allow fewer characters replace the others, and then both have one name. " +
    "A letter of another script makes a name that nobody can tell from its twin.",
  remedy: "Rename all but one of them after what sets them apart.",
  sources: ["Unicode Technical Standard 39, confusable detection", "VS Code maps dots in tool names to underscores"],
  *check({ components }) {
    const groups = new Map<string, ExaminedComponent[]>();
    for (const component of components) {
      if (component.kind !== "tool" && component.kind !== "prompt") continue;
      const key = `${component.kind} ${skeleton(component.name)}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [component]);
      else group.push(component);
    }
    for (const [first, ...others] of groups.values()) {
      if (first === undefined || others.length === 0) continue;
      const names = showList(others.map(({ name }) => name));
      yield { component: first, message: `${showText(first.name)} is hard to tell from ${names}.` };
    }
  },
};

/** What is left of a name once everything is gone that eyes and clients pass over. */
function skeleton(name: string): string {
  const folded = name.slice(0, 500).normalize("NFKC").toLowerCase();
  // A separator between digits counts: 1_1 is not 11.
  const joined = folded.replace(/(?<!\d)[^\p{L}\p{N}]+|[^\p{L}\p{N}]+(?!\d)/gu, "");
  return Array.from(joined, (character) => lookAlikes.get(character) ?? character).join("");
}
