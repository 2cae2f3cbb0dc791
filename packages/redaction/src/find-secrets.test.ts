import { expect, it } from "vitest";
import { findSecrets } from "./find-secrets.ts";

it("tells which kinds of secret a text has, and where they stand", () => {
  const token = `ghp_${"a1B2".repeat(9)}`;
  const text = `see https://bob:hunter2@host and ${token}, or AKIAIOSFODNN7ABCDEFG`;

  const found = findSecrets(text).map(({ kind, start, end }) => [kind, text.slice(start, end)]);

  expect(found).toEqual([
    ["a password in a URL", "bob:hunter2"],
    ["a GitHub token", token],
    ["an AWS access key", "AKIAIOSFODNN7ABCDEFG"],
  ]);
});

it("does not report what documentation has, too", () => {
  const text = "Send Authorization: Bearer followed-by-1-token, or ?api_key=value; password: at least 8 letters";

  expect(findSecrets(text)).toEqual([]);
});
