/**
 * Parts of a name that make it a secret's, wherever they stand in it; a space stands for any separator or none. What looks
 * for secrets inside of texts reads the same list.
 */
export const tellingParts: readonly string[] = [
  "password",
  "passwd",
  "passphrase",
  "passcode",
  // A secretary keeps them, and is none.
  "secret(?!ar(?:y|ies|iat))",
  "authorization",
  "cookie",
  "credential",
  "api key",
  "private key",
  "access key",
  "account key",
  "signing key",
  "encryption key",
  "auth key",
  "client assertion",
  "connection string",
  "session id",
];

const telling = new RegExp(tellingParts.map((part) => part.replace(" ", "")).join("|"));

/** Ends of a name that make it a secret's: `csrf_token` is one, `maxTokens` and `tokenCount` are not. */
const endings =
  /(?:token|jwt|otp|pwd|(?:access|api|auth|bearer|refresh|session)tokens|(?:amz|goog)signature|(?:admin|db|ftp|mail|proxy|redis|root|smtp|sql|user)pass)$/;

/** Names that are a secret's only as a whole; as a part they stand in too many others. */
const whole: ReadonlySet<string> = new Set(
  "pass pin auth bearer tokens sid cvv cvc ssn dsn signature rawheaders".split(" "),
);

/** Tokens that are a place in a list or a word of a model, and open nothing. */
const harmless: ReadonlySet<string> = new Set(
  "progresstoken pagetoken nextpagetoken nexttoken continuationtoken eostoken bostoken padtoken unktoken stoptoken".split(
    " ",
  ),
);

/** Names that tell of a secret and have none. */
const about =
  /(?:authorization(?:url|uri|endpoint|servers?|type)|(?<!ac)count|length|policy|limit|expiry|expiresat|expiresin|ttl|maxage|changedat|updatedat|createdat)$/;

/** Makes the test for names whose values are secrets. `more` are further names, as parts of a name. */
export function secretNames(more: readonly string[]): (name: string) => boolean {
  const own = more.map(plainName).filter((part) => part !== "");
  return function isSecretName(name) {
    const plain = plainName(name);
    if (own.some((part) => plain.includes(part))) return true;
    if (!telling.test(plain) && !endings.test(plain)) return whole.has(plain);
    return !harmless.has(plain) && !about.test(plain);
  };
}

/**
 * Whether values under this name are secrets: `X-Api-Key`, `api_key` and `apiKey` are one, `csrfToken` is, and `maxTokens`,
 * `author` and `keyboard` are not.
 */
export const isSecretName: (name: string) => boolean = secretNames([]);

const notAscii = /[^ -~]/;

/** A name without its letter case, separators and compatibility forms. */
function plainName(name: string): string {
  const known = notAscii.test(name) ? name.normalize("NFKC") : name;
  return known.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, "");
}
