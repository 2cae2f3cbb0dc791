import { loadConfig } from "@plinth/config";
import { createServer } from "@plinth/core";
import { createTestClient } from "@plinth/testing";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { exampleConfig } from "../config.ts";
import { createTestServer, testConfig } from "../testing/test-server.ts";
import { configResource } from "./config-resource.ts";

test("the settings read as YAML", async () => {
  await using server = await createTestServer();
  await using client = await createTestClient(server);

  const { text } = await client.readResource("config://server/http");

  expect(parse(text)).toMatchObject({ host: "127.0.0.1", port: 3000, path: "/mcp" });
});

test("secrets are redacted", async () => {
  const env = { DATABASE_URL: "postgres://user:hunter2@127.0.0.1/business" };
  const config = loadConfig(exampleConfig, { env, envFile: false });
  await using server = createServer({ name: "test", version: "0", components: [configResource(config)] });
  await using client = await createTestClient(server);

  const { text } = await client.readResource("config://server/database");

  expect(parse(text)).toEqual({ url: "[secret]", path: "data/business.db", timeout: 15_000 });
});

test("the parts of the settings are completed, and others are not found", async () => {
  await using server = await createTestServer();
  await using client = await createTestClient(server);

  const { completion } = await client.sdk.complete({
    ref: { type: "ref/resource", uri: "config://server/{component}" },
    argument: { name: "component", value: "" },
  });

  expect(completion.values).toEqual(Object.keys(testConfig()));
  await expect(client.readResource("config://server/constructor")).rejects.toThrow(/constructor/);
});
