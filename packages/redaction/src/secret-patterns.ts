import { tellingParts } from "./secret-name.ts";

/** What kind of secret a text has; reports say it. */
export type SecretKind =
  | "a private key"
  | "a JSON Web Token"
  | "an AWS access key"
  | "a GitHub token"
  | "a GitLab token"
  | "a Slack token"
  | "a Slack webhook"
  | "a Stripe key"
  | "an API key"
  | "a Google API key"
  | "a Google OAuth secret"
  | "an npm token"
  | "a password in a URL"
  | "a cookie"
  | "a value under a secret's name"
  | "credentials of HTTP";

/** A secret that shows in the middle of a text. */
export interface SecretPattern {
  readonly kind: SecretKind;
  /**
   * By what it is known. What has a shape of its own, or stands in a URL, is a secret wherever it is found. What stands behind a name or
   * a scheme may be a word of the documentation too: redacting it costs a word, reporting it would cry wolf.
   */
  readonly by: "shape" | "url" | "name" | "scheme";
  /** Source of an expression that finds every text that has one, and is quick. */
  readonly sign: string;
  /** Global; its first group is what stays. **Security:** must take time that grows with the text alone; it runs on hostile text. */
  readonly pattern: RegExp;
}

/** Names that a text tells a secret by; fewer than those of members, since prose has a colon behind any word. */
const names = [
  ...tellingParts.map((part) => `${part.replace(" ", "[-_ ]?")}s?\\d{0,3}`),
  "secret[-_ ]?key",
  "pwd",
  "token",
  "jwt",
  "signature",
  "(?<=[?&])sig",
].join("|");
const behindName = String.raw`(?:${names})\\?["']?[ \t]{0,4}[=:]`;

/** What may stand behind a name: texts in either quotes, also in JSON that is kept as text; lists and objects; one word. */
const value = String.raw`(?:\\"(?:[^"\\]|\\[^"])+|"(?:[^"\\]|\\[\s\S])+|'[^']+|\[[^\]]*\]?|\{[^}]*|(?:digest|aws4-hmac-sha256)[ \t][^\r\n]+|(?:(?:bearer|basic|digest|negotiate|apikey|token)[ \t]{1,8})?[^\s"'&,;}\\]+)`;

/**
 * What secrets look like: the published prefixes of their issuers, and where credentials stand. Every repetition is bounded,
 * or cannot begin anew inside of itself (the looks behind), so that a text of the same letters over and over costs no
 * more than another.
 */
export const secretPatterns: readonly SecretPattern[] = [
  // To the end of the text where the end mark is missing: a key that was cut is still most of a key.
  {
    kind: "a private key",
    by: "shape",
    sign: "PRIVATE KEY",
    pattern: /()-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}-----|$)/g,
  },
  {
    kind: "a JSON Web Token",
    by: "shape",
    sign: "eyJ",
    pattern: /()(?:(?<![\w-])eyJ[\w-]{5,}|eyJ[\w-]{5,255})\.[\w-]{5,}(?:\.[\w-]*){0,3}/g,
  },
  {
    kind: "an AWS access key",
    by: "shape",
    sign: "AKIA|ASIA|ABIA|ACCA",
    pattern: /()(?<![A-Z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Z0-9])/g,
  },
  {
    kind: "a GitHub token",
    by: "shape",
    sign: "gh[pousr]_|github_pat_",
    pattern: /()(?:gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_\w{20,255})/g,
  },
  { kind: "a GitLab token", by: "shape", sign: "glpat-", pattern: /()glpat-[\w-]{16,255}/g },
  {
    kind: "a Slack token",
    by: "shape",
    sign: "xox[a-z]-|xapp-",
    pattern: /()(?:xox[abeoprs]-|xapp-)[A-Za-z0-9-]{10,255}/g,
  },
  {
    kind: "a Slack webhook",
    by: "shape",
    sign: "hooks\\.slack",
    pattern: /(hooks\.slack\.com\/services\/)[\w/]{10,100}/g,
  },
  {
    kind: "a Stripe key",
    by: "shape",
    sign: "[rs]k_(?:live|test)_",
    pattern: /()(?<![A-Za-z0-9])[rs]k_(?:live|test)_[A-Za-z0-9]{10,255}/g,
  },
  // One that is of short words in lower case alone is a name, such as that of a package.
  {
    kind: "an API key",
    by: "shape",
    sign: "[rs]k[-_]",
    pattern: /()(?<![A-Za-z0-9])[rs]k[-_](?=[a-z_-]{0,40}(?:[A-Z0-9]|[a-z]{16}))[\w-]{16,255}/g,
  },
  { kind: "a Google API key", by: "shape", sign: "AIza", pattern: /()AIza[\w-]{35}/g },
  {
    kind: "a Google OAuth secret",
    by: "shape",
    sign: "GOCSPX-|ya29\\.",
    pattern: /()(?:GOCSPX-[\w-]{20,64}|(?<!\w)ya29\.[\w-]{20,255})/g,
  },
  { kind: "an npm token", by: "shape", sign: "npm_", pattern: /()(?<!\w)npm_[A-Za-z0-9]{30,64}/g },
  // The second form is for a password that should have been encoded. A port is none.
  {
    kind: "a password in a URL",
    by: "url",
    sign: "://",
    pattern: /(:\/\/)(?:[^\s/?#"'<>]{1,512}|[^\s:/?#@"'<>[]{0,64}:(?!\d{1,5}[/?#])[^\s@"'<>]{1,128})(?=@)/g,
  },
  { kind: "a cookie", by: "name", sign: "(?i:cookie:)", pattern: /(cookie:[ \t]{0,4})[^\r\n]+/gi },
  {
    kind: "a value under a secret's name",
    by: "name",
    sign: `(?i:${behindName})`,
    pattern: new RegExp(`(${behindName}[ \\t]{0,4})${value}`, "gi"),
  },
  // Behind these words a sentence goes on, too.
  {
    kind: "credentials of HTTP",
    by: "scheme",
    sign: "(?i:bearer)[ \\t%]",
    pattern:
      /\b(bearer(?:[ \t]{1,8}|%20))(?!(?:authenticat\w{0,4}|authorization|credentials?|challenges?|required)(?![\w~+/=-]))[\w.~+/=-]{8,}/gi,
  },
  {
    kind: "credentials of HTTP",
    by: "scheme",
    sign: "(?i:basic|digest|negotiate|apikey)[ \\t%]",
    pattern:
      /\b((?:[Bb]asic|BASIC|[Dd]igest|DIGEST|[Nn]egotiate|NEGOTIATE|[Aa]pi[Kk]ey|APIKEY)(?:[ \t]{1,8}|%20))(?![A-Za-z]?[a-z-]{0,64}(?![\w~+/=-]))[\w.~+/=-]{8,}/g,
  },
];
