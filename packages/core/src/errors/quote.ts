/** The most characters of a value from outside that come back in one message. */
const maxQuoted = 100;

/** Text of unknown length, cut to at most `limit` characters for a message. */
export function shorten(text: string, limit: number): string {
  return text.length > limit ? `${text.slice(0, limit)}...` : text;
}

/** A value from outside as it stands in a message: in JSON, and cut. */
export function quote(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(shorten(value, maxQuoted));
  if (value === undefined) return "nothing";
  return shorten(JSON.stringify(value) ?? `a ${typeof value}`, maxQuoted);
}
