/** What a reader or a terminal could take for something else, even inside quotes. */
const hidden = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** A string in quotes, as TypeScript reads it. */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(hidden, (character) =>
    [...Array(character.length).keys()]
      .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}

/** A property's name: bare where it is an identifier of ASCII letters, else in quotes. */
export function propertyName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name);
}

/** The type of exactly this JSON value; `undefined` for one that is too long, or nested too deep, to be worth it. */
export function literalType(value: unknown, depth = 0): string | undefined {
  if (typeof value === "string") return value.length > 300 ? undefined : quoted(value);
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "number";
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value !== "object" || depth >= 3) return undefined;
  if (Array.isArray(value)) {
    if (value.length > 20) return undefined;
    const items = value.map((item) => literalType(item, depth + 1));
    return items.includes(undefined) ? undefined : `[${items.join(", ")}]`;
  }
  const entries = Object.entries(value);
  if (entries.length > 20) return undefined;
  const members = entries.map(([name, member]) => {
    const type = name.length > 200 ? undefined : literalType(member, depth + 1);
    return type && `${propertyName(name)}: ${type}`;
  });
  return members.includes(undefined) ? undefined : `{ ${members.join("; ")} }`;
}
