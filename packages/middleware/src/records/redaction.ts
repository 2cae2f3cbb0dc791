import { assertWholeNumber, KitError } from "@plinth/core";
import { plainCopy } from "./plain-copy.ts";
import { secretKeys } from "./secret-keys.ts";
import { redactCardNumbers, redacted, secretPatterns } from "./secret-patterns.ts";

/** Options for {@link createRedactor}. */
export interface RedactorOptions {
  /**
   * Further names whose values are secrets; letter case and separators do not matter, and a name counts as a part of a
   * longer one. @default none besides password, token, secret, authorization, cookie, API key and their like
   */
  readonly keys?: readonly string[];
  /**
   * Further secrets as they show in a text. **Security:** they run on text that clients choose; one with nested
   * repetition, such as `(a+)+`, lets a client stop the server. @default none besides the built-in ones
   */
  readonly patterns?: readonly RegExp[];
  /** Whether numbers with the check digit of a card are removed too; some order numbers have it. @default false */
  readonly cardNumbers?: boolean;
  /** Levels of objects and lists that are shown. @default 8 */
  readonly maxDepth?: number;
  /** Values that are shown in all. @default 1_000 */
  readonly maxValues?: number;
  /** Characters of one text that are shown; of all texts together it is twenty times as many. @default 2_000 */
  readonly maxTextLength?: number;
}

/** Removes secrets from what goes to a log, a trace or an audit record. Never throws and never changes what it reads. */
export interface Redactor {
  /** A copy, plain enough for JSON, without secrets: bounded in depth, number of values and length of texts. */
  redact(value: unknown): unknown;
  /** A text without secrets, of at most `maxTextLength` characters and a note that it was cut. */
  redactText(text: string): string;
}

/** Too short and too plain for any of the built-in patterns: most names and many values, which need not be searched. */
const plainWord = /^\w{0,18}$/;

/** No secret is longer, so none can stand half in and half out of what is shown of a text. */
const longestSecret = 4_096;

/**
 * Makes a {@link Redactor}: by the name of a member at any depth, and by what a secret looks like inside a text: bearer
 * and basic credentials, JSON Web Tokens, keys of AWS, GitHub, GitLab, Slack, OpenAI, Stripe, Google and npm, private keys
 * in PEM, credentials in URLs, and `password=...`.
 *
 * **Security:** it is the last net and not the first. What looks like nothing in particular, under a name that says
 * nothing, is not found.
 *
 * @throws KitError `MISUSE` for a limit that cannot be or a pattern that is none
 */
export function createRedactor({
  keys = [],
  patterns = [],
  cardNumbers = false,
  maxDepth = 8,
  maxValues = 1_000,
  maxTextLength = 2_000,
}: RedactorOptions = {}): Redactor {
  assertWholeNumber("maxDepth", maxDepth, { least: 1, most: 100 });
  assertWholeNumber("maxValues", maxValues, { least: 1, most: 1_000_000 });
  assertWholeNumber("maxTextLength", maxTextLength, { least: 1, most: 10_000_000 });
  const own = patterns.map(toSecretPattern);
  const all = [...secretPatterns, ...own];
  const limits = { maxDepth, maxValues, maxCharacters: 20 * maxTextLength };
  const isSecretKey = secretKeys(keys);

  function withoutSecrets(text: string): string {
    let clean = text;
    const searched = plainWord.test(text) ? own : all;
    for (const { pattern, replacement } of searched) clean = clean.replace(pattern, replacement);
    return cardNumbers ? redactCardNumbers(clean) : clean;
  }

  function redactText(text: string): string {
    if (text.length <= maxTextLength) return withoutSecrets(text);
    const window = maxTextLength + longestSecret;
    if (text.length <= window) return cut(withoutSecrets(text), maxTextLength, text.length);
    // A secret that the window cuts shows its first half at the window's end, which is not shown.
    const clean = withoutSecrets(text.slice(0, window));
    return cut(clean, Math.max(0, Math.min(maxTextLength, clean.length - longestSecret)), text.length);
  }

  return {
    redact: (value) => plainCopy(value, { isSecretKey, redactText, redacted, ...limits }),
    redactText,
  };
}

function cut(clean: string, length: number, originalLength: number): string {
  return clean.length <= length ? clean : `${clean.slice(0, length)}... (of ${originalLength} characters)`;
}

function toSecretPattern(pattern: RegExp): { pattern: RegExp; replacement: string } {
  if (!(pattern instanceof RegExp)) {
    throw new KitError("MISUSE", `patterns has ${String(pattern)}, which is no regular expression`);
  }
  // One that is not global would remove the first secret alone, and a sticky one those at the beginning.
  const flags = `${pattern.flags.replace("y", "").replace("g", "")}g`;
  return { pattern: new RegExp(pattern.source, flags), replacement: redacted };
}
