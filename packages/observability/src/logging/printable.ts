/**
 * Characters that JSON leaves as they are, and that a terminal or a viewer acts upon: the C1 controls (a control sequence in
 * one character), line separators, and what changes the direction of text or hides it.
 */
const acting = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;
const actingAll = new RegExp(acting, "g");

/** The same JSON with those characters escaped; they can stand inside its texts alone, so what it says is the same. */
export function escapeActing(json: string): string {
  return acting.test(json) ? json.replaceAll(actingAll, escaped) : json;
}

/** A text in which nothing acts, for a terminal; escapes are shown. `\n` may stay where lines are indented. */
export function visible(text: string, { keepLines = false }: { readonly keepLines?: boolean } = {}): string {
  // oxlint-disable-next-line no-control-regex -- they are what it is about
  const controls = keepLines ? /[\u0000-\u0009\u000b-\u001f]/g : /[\u0000-\u001f]/g;
  return escapeActing(text).replaceAll(controls, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
