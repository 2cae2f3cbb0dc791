/** Parts of a name that make it a secret's, wherever they stand in it. */
const telling: readonly string[] = [
  "password",
  "passwd",
  "passphrase",
  "passcode",
  "secret",
  "authorization",
  "cookie",
  "apikey",
  "privatekey",
  "accesskey",
  "signingkey",
  "encryptionkey",
  "credential",
  "clientassertion",
  "connectionstring",
  "sessionid",
  "authkey",
];

/** Ends of a name that make it a secret's: `csrf_token` is one, `maxTokens` and `tokenCount` are not. */
const endings: readonly string[] = ["token", "jwt", "otp"];

/** Names that are a secret's only as a whole; as a part they stand in too many others. */
const whole: ReadonlySet<string> = new Set([
  "pwd",
  "pass",
  "pin",
  "auth",
  "bearer",
  "tokens",
  "sid",
  "cvv",
  "cvc",
  "ssn",
  "dsn",
  "signature",
]);

/** A name without its letter case and separators, so that `X-Api-Key`, `api_key` and `apiKey` are one. */
function plainKey(key: string): string {
  return key.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
}

/** Makes the test for names whose values are secrets. `more` are further names, as parts of a name. */
export function secretKeys(more: readonly string[]): (key: string) => boolean {
  const parts = [...telling, ...more.map(plainKey).filter((part) => part !== "")];
  return function isSecretKey(key) {
    const plain = plainKey(key);
    return whole.has(plain) || endings.some((end) => plain.endsWith(end)) || parts.some((part) => plain.includes(part));
  };
}
