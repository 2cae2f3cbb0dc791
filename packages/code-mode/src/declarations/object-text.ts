/** A member of an object type: its name as written, its type, and a comment that may be empty. */
export interface MemberText {
  readonly name: string;
  readonly type: string;
  readonly comment: string;
}

/** Characters that an object type may have to stay on one line. */
const longestLine = 80;

/** An object type: on one line if it is short and has no comments, else a line for each member. */
export function objectText(members: readonly MemberText[]): string {
  const inline = `{ ${members.map(({ name, type }) => `${name}: ${type}`).join("; ")} }`;
  const isPlain = members.every(({ comment }) => comment === "");
  if (isPlain && inline.length <= longestLine && !inline.includes("\n")) return inline;
  const lines = members.map(({ name, type, comment }) => `${comment === "" ? "" : `${comment}\n`}${name}: ${type};`);
  return `{\n${indented(lines.join("\n"))}\n}`;
}

/** Every line two spaces further in. */
export function indented(text: string): string {
  return text.replaceAll(/^/gm, "  ");
}
