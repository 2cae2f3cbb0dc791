import fc from "fast-check";
import { expect, test } from "vitest";
import { findSecret, maskSecrets } from "./mask-secrets.ts";

const body = fc
  .stringMatching(/^[A-Za-z0-9]{40}$/)
  .filter((text) => new Set(text).size > 12 && !/example|sample|dummy|your|xxx/i.test(text));
const plain = fc.stringMatching(/^[a-z ,.]{0,40}$/);

test("A token is found wherever it stands, and nothing of it is left but its first letters", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("ghp_", "sk-", "xoxb-", "glpat-"),
      body,
      plain,
      plain,
      (prefix, random, before, after) => {
        const text = `${before} ${prefix}${random} ${after}`;

        expect(findSecret(text)?.start).toBe(before.length + 1);
        expect(maskSecrets(text)).toBe(`${before} ${prefix.slice(0, 4).padEnd(4, random)}[secret] ${after}`);
      },
    ),
  );
});

test("A password of a URL goes whole, and a private key with its body", () => {
  const url = ["https://somebody", "correct-horse@host/path"].join(":");
  const key = ["-----BEGIN", "PRIVATE KEY-----\nMIIEvQIBADANBgkq\n-----END PRIVATE KEY-----"].join(" ");

  const masked = [url, key].map((text) => maskSecrets(text));

  expect(masked[0]).toBe("https://[secret]@host/path");
  expect(masked[1]).not.toContain("MIIEvQ");
});

test("Text without secrets stays as it is", () => {
  fc.assert(
    fc.property(plain, (text) => {
      expect(maskSecrets(text)).toBe(text);
    }),
  );
});
