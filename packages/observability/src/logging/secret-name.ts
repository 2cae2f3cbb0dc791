/** Parts of a name that make it a secret's, wherever they stand in it. */
const telling =
  /password|passwd|passphrase|secret|authorization|cookie|apikey|privatekey|accesskey|signingkey|encryptionkey|credential|clientassertion|connectionstring/;

/** Ends of a name that make it a secret's: `csrf_token` is one, `maxTokens` is not. */
const endings = /(?:token|jwt|otp)$/;

/** Names that are a secret's only as a whole; as a part they stand in too many others. */
const whole: ReadonlySet<string> = new Set(
  "pwd pass pin auth bearer tokens sessionid sid cvv cvc ssn dsn signature".split(" "),
);

/** Names that were looked at, because a server logs the same ones over and over. */
const maxKnown = 1_000;

/** Makes the test for field names whose values never go to a log; letter case and separators do not matter. */
export function secretNames(): (name: string) => boolean {
  const known = new Map<string, boolean>();
  return function isSecretName(name) {
    const before = known.get(name);
    if (before !== undefined) return before;
    const plain = name
      .slice(0, 200)
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, "");
    const isSecret = whole.has(plain) || endings.test(plain) || telling.test(plain);
    // Names can come from clients, so that there is no end of them.
    if (known.size >= maxKnown) known.clear();
    known.set(name, isSecret);
    return isSecret;
  };
}
