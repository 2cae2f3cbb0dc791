import { fileURLToPath } from "node:url";
import { checkDescribed, loadConfig } from "@plinth/config";
import { expect, test } from "vitest";
import { exampleConfig } from "./config.ts";

test(".env.example says what the settings say", () => {
  const cwd = fileURLToPath(new URL("..", import.meta.url));

  expect(() => checkDescribed(exampleConfig, { cwd, envExample: ".env.example" })).not.toThrow();
});

test.each([
  ["FETCH_ALLOWED_HOSTS", "example.com,*.example.org"],
  ["FETCH_ALLOWED_HOSTS", "http://example.com"],
  ["FETCH_ALLOWED_ADDRESSES", "10.0.0.1"],
  ["FETCH_PORTS", "80,0"],
  ["FILES_MODE", "readonly"],
  ["CODE_ISOLATION", "docker"],
  ["CODE_MEMORY", "1MiB"],
])("%s=%s is refused when the server starts, not at the first call", (name, value) => {
  expect(() => loadConfig(exampleConfig, { env: { [name]: value }, envFile: false })).toThrow(name);
});

test("what a policy can be set to is taken", () => {
  const env = { FETCH_ALLOWED_HOSTS: "example.com, .example.org", FETCH_ALLOWED_ADDRESSES: "10.1.0.0/16, fd00::/8" };

  expect(loadConfig(exampleConfig, { env, envFile: false }).fetch).toMatchObject({
    allowedHosts: ["example.com", ".example.org"],
    allowedAddresses: ["10.1.0.0/16", "fd00::/8"],
  });
});
