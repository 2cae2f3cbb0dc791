import { maskSecrets } from "./mask-secrets.ts";

/** What does not show, moves the cursor, or turns the direction of a line. */
const unprintable =
  /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}\u{115f}\u{1160}\u{3164}]|[\u{fe00}-\u{fe0f}]|[\u{e0100}-\u{e01ef}]/gu;

/** A text from a catalog as it may stand in a report: in one line, with secrets masked and what is invisible written out. */
export function plainText(text: string, limit = 80): string {
  // A secret that the cut would halve must be seen whole first.
  const masked = maskSecrets(text.slice(0, limit + 5_000));
  const short = masked.length > limit ? `${masked.slice(0, limit)}...` : masked;
  return short.replace(unprintable, (character) => {
    if (character === "\n") return "\\n";
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}

/** The same in quotation marks. */
export function showText(text: string, limit = 80): string {
  return `"${plainText(text, limit)}"`;
}

/** Several texts, the first `most` of them. */
export function showList(texts: readonly string[], most = 6): string {
  const shown = texts.slice(0, most).map((text) => showText(text, 40));
  const more = texts.length > most ? ` and ${texts.length - most} more` : "";
  return `${shown.join(", ")}${more}`;
}
