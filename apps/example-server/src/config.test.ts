import { fileURLToPath } from "node:url";
import { checkDescribed } from "@plinth/config";
import { expect, test } from "vitest";
import { exampleConfig } from "./config.ts";

test(".env.example says what the settings say", () => {
  const cwd = fileURLToPath(new URL("..", import.meta.url));

  expect(() => checkDescribed(exampleConfig, { cwd, envExample: ".env.example" })).not.toThrow();
});
