import { findSecret } from "../mask-secrets.ts";
import type { Rule } from "../rule.ts";
import { showText } from "../show-text.ts";
import { trailText } from "../trail.ts";

/** Never wanted: controls but for tab and line ends, turning the direction of text, zero width, tags, fillers. */
const hidden =
  /(?![\t\n\r])\p{Cc}|[\u{ad}\u{115f}\u{1160}\u{180e}\u{200b}\u{202a}-\u{202e}\u{2060}-\u{206f}\u{3164}\u{feff}\u{ffa0}\u{fff9}-\u{fffb}]|[\u{e0000}-\u{e007f}]|[\u{e0100}-\u{e01ef}]/u;
/** Wanted in scripts that join letters, and between the parts of an emoji. */
const joiners =
  /(?<!\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{M}|\p{Script=Arabic}|\p{Script=Devanagari}|\p{Script=Bengali}|\p{Script=Tamil}|\p{Script=Malayalam}|\p{Script=Sinhala}|\p{Script=Khmer}|\p{Script=Mongolian}|\p{Script=Syriac})[\u{200c}\u{200d}]/u;
/** Marks that say how to order a line; wanted where letters run from right to left. */
const orderMarks = /[\u{200e}\u{200f}]/u;
const rightToLeft = /[\u{590}-\u{8ff}\u{fb1d}-\u{fdff}\u{fe70}-\u{fefc}]/u;
/** The flags of England, Scotland and Wales are written with tags. */
const flags = /\u{1f3f4}[\u{e0061}-\u{e007a}]{1,8}\u{e007f}/gu;

export const invisibleCharacters: Rule = {
  id: "invisible-characters",
  severity: "error",
  finds: "characters that do not show, or turn the direction of text, in anything that is listed",
  why:
    "A model reads what a person who allows the tool does not see: instructions in tag characters, a name that reads backwards, two " +
    "names that look the same. Joiners in emoji and in scripts that need them are fine, and so are line ends and tabs.",
  remedy: "Remove them; write the text anew if you do not know how they came in.",
  sources: ["Unicode Technical Report 36, bidirectional text spoofing", "CVE-2021-42574 (Trojan Source)"],
  *check({ components }) {
    for (const component of components) {
      for (const { text, trail, isName } of component.texts) {
        const at = firstHidden(
          isName || !text.includes("\u{1f3f4}") ? text : text.replace(flags, (flag) => " ".repeat(flag.length)),
        );
        if (at === undefined) continue;
        // A piece of a secret is not recognised, so nothing is quoted of a text that has one.
        const piece = findSecret(text) === undefined ? text.slice(Math.max(0, at - 15), at + 15) : text.charAt(at);
        const shown = showText(piece, 100);
        yield { component, message: `${showText(trailText(trail), 200)} has one in it: ${shown}.` };
      }
    }
  },
};

function firstHidden(text: string): number | undefined {
  const found = [hidden.exec(text), joiners.exec(text)].flatMap((match) => match?.index ?? []);
  const mark = orderMarks.exec(text);
  if (mark !== null && !rightToLeft.test(text)) found.push(mark.index);
  return found.length === 0 ? undefined : Math.min(...found);
}
