/** The most characters of a client's own text (keys, values) that come back in one message. */
const maxEcho = 60;

/** Text of unknown length, cut for a message. */
export function shorten(text: string, limit: number = maxEcho): string {
  return text.length > limit ? `${text.slice(0, limit)}...` : text;
}

/** A value from outside as it stands in a message: in JSON, and cut. */
export function quote(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(shorten(value, 100));
  if (value === undefined) return "nothing";
  return shorten(JSON.stringify(value) ?? `a ${typeof value}`, 100);
}
