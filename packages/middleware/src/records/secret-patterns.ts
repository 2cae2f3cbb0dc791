/** A secret that shows in the middle of a text, and what stands there instead. */
export interface SecretPattern {
  /** Global. **Security:** must take time that grows with the text alone; it runs on hostile text. */
  readonly pattern: RegExp;
  /** As in `String.replace`: `$1` is the first group. */
  readonly replacement: string;
}

/** What stands where a secret was. */
export const redacted = "[redacted]";

/**
 * What secrets look like. Every repetition is bounded, or cannot begin anew inside of itself (the looks behind), so that
 * a text of the same letters over and over costs no more than another.
 */
export const secretPatterns: readonly SecretPattern[] = [
  // To the end of the text where the end mark is missing: a key that was cut is still most of a key.
  {
    pattern: /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}-----|$)/g,
    replacement: redacted,
  },
  { pattern: /(:\/\/)[^\s/?#"'<>]{1,512}@/g, replacement: `$1${redacted}@` },
  {
    pattern: /\b(Bearer|Basic|Digest|Negotiate|ApiKey)([ \t]{1,8}|%20)[\w.~+/=-]{8,}/gi,
    replacement: `$1 ${redacted}`,
  },
  { pattern: /(?<![\w-])eyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*){0,3}/g, replacement: redacted },
  { pattern: /(?<![A-Z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Z0-9])/g, replacement: redacted },
  { pattern: /gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_\w{20,255}|glpat-[\w-]{16,255}/g, replacement: redacted },
  { pattern: /xox[abeoprs]-[A-Za-z0-9-]{10,255}|xapp-[A-Za-z0-9-]{10,255}/g, replacement: redacted },
  { pattern: /(hooks\.slack\.com\/services\/)[\w/]{10,100}/g, replacement: `$1${redacted}` },
  { pattern: /(?<![A-Za-z0-9])(?:sk|rk)[-_][\w-]{16,255}/g, replacement: redacted },
  { pattern: /AIza[\w-]{35}|GOCSPX-[\w-]{20,64}|(?<!\w)ya29\.[\w-]{20,255}/g, replacement: redacted },
  { pattern: /(?<!\w)npm_[A-Za-z0-9]{30,64}/g, replacement: redacted },
  { pattern: /(cookie:[ \t]{0,4})[^\r\n]+/gi, replacement: `$1${redacted}` },
  // name=value and "name": "value" in queries, forms, connection strings and JSON that is kept as text.
  {
    pattern:
      /((?:password|passwd|pwd|passphrase|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|account[-_]?key|signature|(?<=[?&])sig)\\?["']?[ \t]{0,4}[=:][ \t]{0,4})(?:\\"(?:[^"\\]|\\[^"])+|"(?:[^"\\]|\\[\s\S])+|'[^']+|[^\s"'&,;}\\]+)/gi,
    replacement: `$1${redacted}`,
  },
];

/** Card numbers in a text, with or without spaces and dashes, by their check digit (ISO/IEC 7812, Luhn). */
export function redactCardNumbers(text: string): string {
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
