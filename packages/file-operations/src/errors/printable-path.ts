/** Longer paths are cut in messages, in UTF-16 units. */
const longest = 200;

// C0, C1 and DEL, surrogates, formats (bidirectional, zero width, tags), line separators, and the backslash of the escape
// itself. Not what is part of an emoji.
const unprintable = /(?<emoji>\p{RGI_Emoji})|[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\\]/gv;

/**
 * A path or name as messages, events and listings show it: what a terminal or a reader could be fooled by is written as
 * `\u{...}`, and what is overlong is cut. A path that needed it does not name a file any more, since the grammar has no backslash.
 */
export function printablePath(path: string): string {
  // What comes from a model is not always what its type says.
  const text = typeof path === "string" ? path : typeof path;
  const cut = text.length > longest ? `${text.slice(0, longest)}...` : text;
  return cut.replace(
    unprintable,
    (found, emoji?: string) => emoji ?? `\\u{${found.codePointAt(0)?.toString(16) ?? ""}}`,
  );
}
