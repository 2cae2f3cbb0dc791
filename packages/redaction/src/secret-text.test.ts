import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withoutSecrets } from "./secret-text.ts";

describe("withoutSecrets", () => {
  it.each([
    ["a digest", 'Authorization: Digest username="bob", nonce="n", response="hunter2"', "hunter2"],
    ["a signature of AWS", "authorization: AWS4-HMAC-SHA256 Credential=A/b, Signature=hunter2", "hunter2"],
    ["a scheme of its own", "authorization: Token hunter2", "hunter2"],
    ["a bearer token of letters alone", "sent Bearer abcdefghijkl", "abcdefghijkl"],
    ["a bearer token in a query", "?auth=Bearer%20hunter2hunter2", "hunter2"],
    ["credentials with a slash in the password", "DATABASE_URL=postgres://user:hun/ter2@db/films", "ter2"],
    ["a password in a URL without a user", "redis://:hunter2@cache:6379/0", "hunter2"],
    ["a token as the user of a URL", "https://hunter2@git.example/x.git", "hunter2"],
    ["the value of a variable", "AWS_SECRET_ACCESS_KEY=hunter2", "hunter2"],
    ["a list under a secret's name", '{"passwords": ["a", "hunter2"], "b": 1}', "hunter2"],
    ["an object under a secret's name", '{"secret": {"value": "hunter2"}, "b": 1}', "hunter2"],
    ["a token behind an escaped line end", `{"log":"\\nghp_${"a1".repeat(18)}"}`, "a1a1"],
    ["a JSON Web Token inside a name", `session_eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.sig`, "eyJzdWIi"],
    ["a webhook", "https://hooks.slack.com/services/T000/B000/XXXXhunter2", "hunter2"],
    ["a short text", "pwd=hunter2", "hunter2"],
  ])("hides %s", (_what, text, secret) => {
    const clean = withoutSecrets(text);

    expect(text).toContain(secret);
    expect(clean).not.toContain(secret);
    expect(clean).toContain("[redacted]");
  });

  it.each([
    "Basic information about the digest algorithm, and negotiate carefully",
    "bearer authentication failed; Basic authentication required",
    "https://host:8080/a@b and http://[::1]:3000/a@b",
    "sk-learn-compatible-estimators, risk-assessment-of-2024-and-later, task_force_141_members",
    "npm_config_registry_of_the_team is unset",
    "tokens=5, maxTokens: 512, tokenizer: cl100k, keyboard: qwertz, author: Ada, pinned: 3",
    "Error: ENOENT: no such file, open '/etc/app.json'\n    at open (node:fs:1:2)",
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
  ])("leaves alone %j", (text) => {
    expect(withoutSecrets(text)).toBe(text);
  });

  it("finds a secret whatever stands around it", () => {
    const around = fc.stringMatching(/^[a-z ,:.\n\t/()-]{0,60}$/);
    const secret = fc.constantFrom(
      `ghp_${"a1B2".repeat(9)}`,
      `glpat-${"a1B2".repeat(5)}`,
      `xoxb-${"1a2b".repeat(5)}`,
      "AKIAIOSFODNN7ABCDEFG",
      `npm_${"a1B2".repeat(9)}`,
      "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmN",
      "Bearer aB3dE5gH7jK9",
      "api_key=aB3dE5gH7jK9",
      "postgres://user:aB3dE5gH7jK9@db/x",
    );
    fc.assert(
      fc.property(around, secret, around, (before, text, after) => {
        const clean = withoutSecrets(`${before} ${text} ${after}`);

        expect(clean).not.toContain(text.slice(-9));
      }),
    );
  });

  it("shows what is clean as it is, and what was redacted does not change again", () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom("", " token=x", " https://u:p@h", " Bearer abcdefgh1"), (text, more) => {
        const clean = withoutSecrets(text + more);

        expect(withoutSecrets(clean)).toBe(clean);
      }),
    );
  });
});
