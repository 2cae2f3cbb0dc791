/** Line breaks, escapes, and what turns the direction of text around: they forge lines in logs that people read. */
const misleading = /[\p{Cc}\p{Cf}\u2028\u2029]/u;
const longest = 128;

/** Text of unknown origin as it may stand in a log line: short, and without what misleads whoever reads it. */
export function loggable(text: unknown): string {
  if (typeof text !== "string") return "";
  if (text.length <= longest && !misleading.test(text)) return text;
  const clean = text.slice(0, longest).replaceAll(new RegExp(misleading, "gu"), "\u{FFFD}");
  return text.length > longest ? `${clean}...` : clean;
}
