import { redacted } from "./secret-text.ts";

/** A text without card numbers, with or without spaces and dashes, by their check digit (ISO/IEC 7812, Luhn). */
export function withoutCardNumbers(text: string): string {
  return text.replace(/\d(?:[ -]?\d){12,}/g, (run) => (hasCardNumber(run) ? redacted : run));
}

/** Whether a run of digits has a card number anywhere in it: another number may stand right beside. */
function hasCardNumber(run: string): boolean {
  const digits = run.replaceAll(/[ -]/g, "");
  for (let start = 0; start + 13 <= digits.length; start += 1) {
    for (const length of [16, 15, 14, 13, 19]) {
      if (start + length <= digits.length && isCardNumber(digits, start, length)) return true;
    }
  }
  return false;
}

function isCardNumber(digits: string, start: number, length: number): boolean {
  // The schemes that issue cards begin with 2 to 6.
  const first = digits.charCodeAt(start) - 48;
  if (first < 2 || first > 6) return false;
  let sum = 0;
  for (let at = 0; at < length; at += 1) {
    let digit = digits.charCodeAt(start + length - 1 - at) - 48;
    if (at % 2 === 1) digit = digit > 4 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  return sum % 10 === 0;
}
