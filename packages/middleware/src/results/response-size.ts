/** The most bytes that one UTF-16 unit takes in JSON: a control character is written as `\u001f`. */
const mostBytesPerUnit = 6;

/**
 * Whether a value's JSON surely has at most `budget` bytes. Only lengths are looked at, and no further than the budget, so
 * a yes is cheap; a no means that somebody has to count.
 */
export function surelyFits(value: unknown, budget: number): boolean {
  return spend(value, budget) >= 0;
}

function spend(value: unknown, budget: number): number {
  if (typeof value === "string") return budget - 2 - mostBytesPerUnit * value.length;
  // The longest number is -1.2345678901234567e-308.
  if (typeof value !== "object" || value === null) return budget - 24;
  let left = budget - 2;
  if (Array.isArray(value)) {
    for (const item of value) {
      left = spend(item, left - 1);
      if (left < 0) return left;
    }
    return left;
  }
  for (const name in value) {
    left = spend((value as Record<string, unknown>)[name], left - 4 - mostBytesPerUnit * name.length);
    if (left < 0) return left;
  }
  return left;
}

/** Bytes of a value's JSON, counted. */
export function jsonBytes(value: unknown): number {
  const text: string | undefined = JSON.stringify(value);
  return text === undefined ? 0 : Buffer.byteLength(text);
}

/** The longest beginning of a text that takes at most `bytes` inside a JSON string, without half of a character. */
export function cutText(text: string, bytes: number): string {
  let left = bytes;
  for (let at = 0; at < text.length;) {
    const point = text.codePointAt(at) as number;
    left -= bytesOf(point);
    if (left < 0) return text.slice(0, at);
    at += point > 0xffff ? 2 : 1;
  }
  return text;
}

/** Bytes of a code point as `JSON.stringify` writes it: with short escapes for some, and longer ones for others. */
function bytesOf(point: number): number {
  if (point < 0x20) return point >= 0x08 && point <= 0x0d && point !== 0x0b ? 2 : mostBytesPerUnit;
  if (point < 0x80) return point === 0x22 || point === 0x5c ? 2 : 1;
  if (point < 0x800) return 2;
  if (point >= 0xd800 && point <= 0xdfff) return mostBytesPerUnit;
  return point > 0xffff ? 4 : 3;
}
