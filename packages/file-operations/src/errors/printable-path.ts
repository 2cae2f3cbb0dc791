/** Longer paths are cut in messages, in UTF-16 units. */
const longest = 200;

// C0, C1 and DEL, surrogates, formats (bidirectional, zero width, tags), line separators, and the backslash of the escape itself.
const unprintable = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\\]/gu;

/**
 * A path or name as messages, events and listings show it: what a terminal or a reader could be fooled by is written as
 * `\u{...}`, and what is overlong is cut. A path that needed it does not name a file any more, since the grammar has no backslash.
 */
export function printablePath(path: string): string {
  // What comes from a model is not always what its type says.
  const text = typeof path === "string" ? path : typeof path;
  const cut = text.length > longest ? `${text.slice(0, longest)}...` : text;
  return cut.replace(unprintable, (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ""}}`);
}
