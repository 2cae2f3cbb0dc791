import { withoutCardNumbers } from "./card-number.ts";
import { copyRules } from "./copy-rules.ts";
import { limitedText } from "./limited-text.ts";
import { PlainCopy } from "./plain-copy.ts";
import { secretNames } from "./secret-name.ts";
import { redacted, withoutSecrets } from "./secret-text.ts";

/** Options for {@link createRedactor}. */
export interface RedactorOptions {
  /**
   * Further names whose values are secrets; letter case and separators do not matter, and a name counts as a part of a
   * longer one. @default none besides password, token, secret, authorization, cookie, API key and their like
   */
  readonly keys?: readonly string[];
  /**
   * Further secrets as they show in a text. **Security:** they run on text that clients choose; one whose repetitions can share
   * a text in many ways, such as `(a+)+b` or `\d*\d*x`, lets a client stop the server (ReDoS). Bound what repeats, and begin with
   * something that does not. @default none besides the built-in ones
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

/**
 * Makes a {@link Redactor}: by the name of a member at any depth, and by what a secret looks like inside a text: credentials of
 * HTTP and in URLs, JSON Web Tokens, keys of AWS, GitHub, GitLab, Slack, OpenAI, Stripe, Google and npm, private keys in PEM,
 * cookies, and `password=...`.
 *
 * **Security:** it is the last net and not the first. What looks like nothing in particular, under a name that says
 * nothing, is not found.
 *
 * @throws TypeError for a limit that cannot be, or a name or pattern that is none
 */
export function createRedactor({
  keys = [],
  patterns = [],
  cardNumbers = false,
  maxDepth = 8,
  maxValues = 1_000,
  maxTextLength = 2_000,
}: RedactorOptions = {}): Redactor {
  assertLimit("maxDepth", maxDepth, 100);
  assertLimit("maxValues", maxValues, 1_000_000);
  assertLimit("maxTextLength", maxTextLength, 10_000_000);
  keys.forEach(assertKey);
  const own = patterns.map(toGlobal);

  function clean(text: string): string {
    let rest = withoutSecrets(text);
    for (const pattern of own) rest = rest.replace(pattern, redacted);
    return cardNumbers ? withoutCardNumbers(rest) : rest;
  }

  const rules = copyRules({
    isSecretName: secretNames(keys),
    withoutSecrets: clean,
    maxDepth,
    maxValues,
    maxTextLength,
    maxCharacters: 20 * maxTextLength,
  });
  return {
    redact: (value) => new PlainCopy(rules).value(value),
    // A caller in JavaScript may hand over anything.
    redactText: (text) => (typeof text === "string" ? limitedText(text, maxTextLength, clean) : "[no text]"),
  };
}

function assertLimit(name: string, value: number, most: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= most) return;
  throw new TypeError(`${name} is ${String(value)}; it must be a whole number from 1 to ${most}`);
}

function assertKey(key: unknown): void {
  if (typeof key === "string") return;
  throw new TypeError(`keys has ${String(key)}, which is no text; give names of members`);
}

function toGlobal(pattern: RegExp): RegExp {
  if (!(pattern instanceof RegExp)) {
    throw new TypeError(`patterns has ${String(pattern)}, which is no regular expression`);
  }
  // One that is not global would remove the first secret alone, and a sticky one those at the beginning.
  return new RegExp(pattern.source, `${pattern.flags.replace("y", "").replace("g", "")}g`);
}
