import { type SecretKind, secretPatterns } from "./secret-patterns.ts";

/** A secret in a text: which kind it is, and where it stands. */
export interface FoundSecret {
  readonly kind: SecretKind;
  readonly start: number;
  readonly end: number;
}

const certain = secretPatterns
  .filter(({ by }) => by === "shape" || by === "url")
  .map(({ kind, sign, pattern }) => ({ kind, sign: new RegExp(sign), pattern }));

/**
 * The secrets that a text has for certain, in the order they stand in; for reports, where a mistake costs somebody's time. What only
 * stands behind `password=` or `Bearer` is not among them: documentation has that, too.
 */
export function findSecrets(text: string): readonly FoundSecret[] {
  const found: FoundSecret[] = [];
  for (const { kind, sign, pattern } of certain) {
    if (!sign.test(text)) continue;
    for (const match of text.matchAll(pattern)) {
      const start = match.index + (match[1] ?? "").length;
      found.push({ kind, start, end: match.index + match[0].length });
    }
  }
  return found.toSorted((a, b) => a.start - b.start);
}
