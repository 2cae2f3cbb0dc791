/** A value from outside as it stands in a message: in JSON, and cut after 100 characters. */
export function quote(value: unknown): string {
  const isSimple = typeof value === "number" || typeof value === "boolean" || value === undefined || value === null;
  const text = typeof value === "string" ? JSON.stringify(value) : isSimple ? String(value) : `a ${typeof value}`;
  return text.length > 100 ? `${text.slice(0, 100)}...` : text;
}
