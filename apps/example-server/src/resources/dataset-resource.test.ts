import { createTestClient } from "@plinth/testing";
import { expect, test } from "vitest";
import { createTestServer } from "../testing/test-server.ts";

test("the data sets are listed as resources", async () => {
  await using server = await createTestServer();
  await using client = await createTestClient(server);

  const { resources } = await client.sdk.listResources();

  expect(resources.filter(({ uri }) => uri.startsWith("business:"))).toMatchObject([
    { uri: "business://datasets/films", name: "films", description: "3201 records" },
    { uri: "business://datasets/sp500" },
    { uri: "business://datasets/stocks" },
  ]);
});

test("a data set reads as its description and first records, which a client may keep for a minute", async () => {
  await using server = await createTestServer();
  await using client = await createTestClient(server);

  const resource = await client.readResource("business://datasets/sp500");

  const content = JSON.parse(resource.text) as { sample: unknown[] };
  expect(content).toMatchObject({ id: "sp500", rowCount: 123, columns: [{ name: "date" }, { name: "price" }] });
  expect(content.sample).toHaveLength(20);
  expect(content.sample[0]).toEqual({ date: "2000-01-01", price: 1_394.46 });
  expect(resource).toMatchObject({ ttlMs: 60_000 });
});

test("an unknown data set is no resource", async () => {
  await using server = await createTestServer();
  await using client = await createTestClient(server);

  await expect(client.readResource("business://datasets/nope")).rejects.toThrow(/nope/);
});

test("data set ids are completed", async () => {
  await using server = await createTestServer();
  await using client = await createTestClient(server);

  const { completion } = await client.sdk.complete({
    ref: { type: "ref/resource", uri: "business://datasets/{datasetId}" },
    argument: { name: "datasetId", value: "s" },
  });

  expect(completion.values).toEqual(["sp500", "stocks"]);
});
