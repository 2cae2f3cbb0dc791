import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSecretName } from "./secret-name.ts";

describe("isSecretName", () => {
  it.each([
    "password",
    "newPassword2",
    "pass-word",
    "DB_PASS",
    "MYSQL_PWD",
    "access_token",
    "csrfToken",
    "refreshTokens",
    "x-api-key",
    "api key",
    "aws_secret_access_key",
    "AccountKey",
    "Set-Cookie",
    "Proxy-Authorization",
    "mcp-session-id",
    "authorizationCode",
    "X-Amz-Signature",
    "rawHeaders",
    "secretAccount",
    "secretary_password",
    "pin",
    "ｐａｓｓｗｏｒｄ",
    "pass\u200bword",
  ])("takes what is called %s for a secret", (name) => {
    expect(isSecretName(name)).toBe(true);
  });

  it.each([
    "maxTokens",
    "tokenCount",
    "tokenizer",
    "token_endpoint",
    "progressToken",
    "nextPageToken",
    "authorizationUrl",
    "authorization_servers",
    "passwordLength",
    "password_changed_at",
    "secretary",
    "author",
    "pinned",
    "spin",
    "keyboard",
    "primaryKey",
    "publicKey",
    "passenger",
    "compass",
    "bypass",
    "cookbook",
    "side",
    "account",
    "constructor",
    "__proto__",
    "",
  ])("shows what is called %j", (name) => {
    expect(isSecretName(name)).toBe(false);
  });

  it("does not mind letter case and separators", () => {
    const separator = fc.constantFrom("", "-", "_", ".", " ", "::");
    const word = fc.constantFrom(["api", "key"], ["access", "token"], ["client", "secret"], ["session", "id"]);
    fc.assert(
      fc.property(word, separator, fc.boolean(), (words, between, isUpper) => {
        const name = words.join(between);

        expect(isSecretName(isUpper ? name.toUpperCase() : name)).toBe(true);
      }),
    );
  });
});
