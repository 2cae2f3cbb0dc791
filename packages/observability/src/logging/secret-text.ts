/** What stands where a secret was. */
export const redacted = "[redacted]";

/** Looked for first, because it is quick: what has none of these has no hint either. */
const possible = /[:=\s]|eyJ/;

/** A text without one of these has nothing to redact; most have none, and looking twice costs more. */
const hint = /:\/\/|eyJ|bearer|basic|private key|(?:passw|pwd|secret|token|key)[^\n]{0,12}[=:]/i;

/**
 * What secrets look like inside a text. Every repetition is bounded, or cannot begin anew inside of itself, so that a hostile
 * text costs no more than another.
 */
const patterns: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}-----|$)/g, redacted],
  [/(:\/\/)[^\s/?#"'<>]{1,512}@/g, `$1${redacted}@`],
  [/\b(bearer|basic)[ \t]{1,8}[\w.~+/=-]{8,}/gi, `$1 ${redacted}`],
  [/(?<![\w-])eyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*){0,3}/g, redacted],
  [
    /((?:password|passwd|pwd|secret|token|api[-_]?key|access[-_]?key)\\?["']?[ \t]{0,4}[=:][ \t]{0,4})(?:\\?"[^"\\]{1,2048}|'[^']{1,2048}|[^\s"'&,;}\\]{1,2048})/gi,
    `$1${redacted}`,
  ],
];

/** A text without what looks like a credential: in a URL, after `Bearer` or `password=`, a JSON Web Token, a private key. */
export function withoutSecrets(text: string): string {
  if (!possible.test(text) || !hint.test(text)) return text;
  let clean = text;
  for (const [pattern, replacement] of patterns) clean = clean.replace(pattern, replacement);
  return clean;
}
