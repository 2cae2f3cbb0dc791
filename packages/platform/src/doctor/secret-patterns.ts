/** A secret in a text: what it looks like, and where it stands. */
export interface FoundSecret {
  readonly kind: string;
  readonly start: number;
  readonly end: number;
  /** Characters at its beginning that may be shown: they say whose key it is, and none of a password. */
  readonly shown: number;
}

interface SecretPattern {
  readonly kind: string;
  /** Each has a literal beginning or a bounded one, so that it takes time in proportion to the text. */
  readonly pattern: RegExp;
}

const password = "a password in a URL";

/** How secrets of the field look (the published prefixes of their issuers). The first group, if any, is the secret itself. */
const patterns: readonly SecretPattern[] = [
  { kind: "an AWS access key", pattern: /(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])/g },
  { kind: "a GitHub token", pattern: /(?<![A-Za-z0-9])gh[oprsu]_[A-Za-z0-9]{36,255}/g },
  { kind: "a GitHub token", pattern: /(?<![A-Za-z0-9])github_pat_[A-Za-z0-9_]{22,255}/g },
  { kind: "a GitLab token", pattern: /(?<![A-Za-z0-9])glpat-[A-Za-z0-9_-]{20,255}/g },
  { kind: "a Slack token", pattern: /(?<![A-Za-z0-9])xox[abeoprs]-[A-Za-z0-9-]{10,255}/g },
  { kind: "an API key", pattern: /(?<![A-Za-z0-9_-])sk-(?:ant-|proj-|svcacct-|or-)?[A-Za-z0-9_-]{32,255}/g },
  { kind: "a Stripe key", pattern: /(?<![A-Za-z0-9])[rs]k_live_[A-Za-z0-9]{16,255}/g },
  { kind: "a Google API key", pattern: /(?<![A-Za-z0-9_-])AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])/g },
  { kind: "an npm token", pattern: /(?<![A-Za-z0-9])npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])/g },
  {
    kind: "a JSON Web Token",
    pattern: /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{10,4000}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{10,4000}/g,
  },
  { kind: "a private key", pattern: /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[A-Za-z0-9+/=\s\\]{0,10000}/g },
  { kind: password, pattern: /:\/\/[^\s/:@"'<>{}]{1,100}:([^\s/:@"'<>{}]{3,200})@[A-Za-z0-9[]/dg },
];

/** No pattern fits a shorter text. */
const shortest = 10;

/** What stands where a secret would be in an example. */
const placeholder =
  /example|sample|placeholder|changeme|change-me|redacted|dummy|your|xxx|\*\*\*|\.\.\.|^(?:user|pass|passwd|password|pw|pwd|secret|token|key)\d*$/i;

/** The first secret in a text; what is plainly a placeholder is none. */
export function findSecret(text: string): FoundSecret | undefined {
  return findSecrets(text).at(0);
}

/** The text with the middle of every secret left out. */
export function maskSecrets(text: string): string {
  let masked = "";
  let done = 0;
  for (const { start, end, shown } of findSecrets(text)) {
    if (start < done) continue;
    masked += `${text.slice(done, start + shown)}[secret]`;
    done = end;
  }
  return masked + text.slice(done);
}

function findSecrets(text: string): readonly FoundSecret[] {
  if (text.length < shortest) return [];
  const found: FoundSecret[] = [];
  for (const { kind, pattern } of patterns) {
    for (const match of text.matchAll(pattern)) {
      const [start, end] = match.indices?.[1] ?? [match.index, match.index + match[0].length];
      if (isPlaceholder(kind, text.slice(start, end))) continue;
      found.push({ kind, start, end, shown: kind === password ? 0 : 4 });
    }
  }
  return found.toSorted((a, b) => a.start - b.start);
}

/** Tokens are random: one of few different characters is there to show the shape. */
function isPlaceholder(kind: string, secret: string): boolean {
  if (kind === "a private key") return false;
  if (placeholder.test(secret)) return true;
  return kind !== password && new Set(secret).size < 10;
}
