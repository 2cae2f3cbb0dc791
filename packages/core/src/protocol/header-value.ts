/** RFC 4648 section 4, padding required. */
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * The value of an MCP header: the text behind the `=?base64?...?=` sentinel, the text itself without one, `undefined`
 * for a broken sentinel (MCP 2026-07-28, Streamable HTTP, value encoding).
 */
export function decodeHeaderValue(text: string): string | undefined {
  if (!text.startsWith("=?base64?") || !text.endsWith("?=") || text.length < 11) return text;
  const payload = text.slice("=?base64?".length, -"?=".length);
  if (!base64.test(payload)) return undefined;
  try {
    return strictUtf8.decode(Buffer.from(payload, "base64"));
  } catch {
    return undefined;
  }
}
