import { type SecretPattern, secretPatterns } from "./secret-patterns.ts";

/** What stands where a secret was. */
export const redacted = "[redacted]";
const replacement = `$1${redacted}`;

/** Every secret takes more; those that need neither a colon nor an equals sign, by far. */
const shortest = 5;
const shortestBare = 14;

const bare = searchFor("shape", "scheme");
const urls = searchFor("url");
const named = searchFor("name");

/** Patterns, and the sign that a text has where any of them fits. */
interface Search {
  readonly sign: RegExp;
  readonly patterns: readonly RegExp[];
}

/**
 * A text without what looks like a secret: keys and tokens of known shapes, credentials in URLs and HTTP headers, what stands
 * behind `password=` and its like. Most texts have none, and are told by a look or two.
 */
export function withoutSecrets(text: string): string {
  let clean = text;
  if (text.length >= shortestBare && bare.sign.test(text)) clean = remove(bare, clean);
  if (text.length < shortest || !(clean.includes(":") || clean.includes("="))) return clean;
  if (urls.sign.test(clean)) clean = remove(urls, clean);
  return named.sign.test(clean) ? remove(named, clean) : clean;
}

function remove({ patterns }: Search, text: string): string {
  return patterns.reduce((clean, pattern) => clean.replace(pattern, replacement), text);
}

function searchFor(...by: readonly SecretPattern["by"][]): Search {
  const found = secretPatterns.filter((pattern) => by.includes(pattern.by));
  return {
    sign: new RegExp(found.map(({ sign }) => sign).join("|")),
    patterns: found.map(({ pattern }) => pattern),
  };
}
