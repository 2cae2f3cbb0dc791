/** A type as text, and what holds its parts together: that decides where it needs parentheses. */
export interface WrittenType {
  readonly text: string;
  readonly operator?: "|" | "&";
}

/** What accepts everything. */
export const unknownType: WrittenType = { text: "unknown" };

/** A type that reads the same wherever it stands. */
export function plainType(text: string): WrittenType {
  return { text };
}

/** Any of these types. */
export function unionOf(types: readonly WrittenType[]): WrittenType {
  const members = distinct(types);
  if (members.length < 2) return members[0] ?? plainType("never");
  return { text: members.map(({ text }) => text).join(" | "), operator: "|" };
}

/** All of these types at once. */
export function intersectionOf(types: readonly WrittenType[]): WrittenType {
  const members = distinct(types);
  if (members.length < 2) return members[0] ?? unknownType;
  return {
    text: members.map((type) => (type.operator === "|" ? `(${type.text})` : type.text)).join(" & "),
    operator: "&",
  };
}

/** A list of it. */
export function arrayOf({ text, operator }: WrittenType): WrittenType {
  return plainType(operator === undefined ? `${text}[]` : `(${text})[]`);
}

function distinct(types: readonly WrittenType[]): readonly WrittenType[] {
  return [...new Map(types.map((type) => [type.text, type])).values()];
}
