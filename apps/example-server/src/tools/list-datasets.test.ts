import { createTestClient } from "@plinth/testing";
import { expect, test } from "vitest";
import { createTestServer } from "../testing/test-server.ts";
import { listDatasets } from "./list-datasets.ts";

test("list_datasets shows the bundled data sets with their columns", async () => {
  await using server = await createTestServer();
  await using client = await createTestClient(server);

  const { structured } = await client.callTool(listDatasets, {});

  expect(structured.datasets.map(({ id, rowCount }) => [id, rowCount])).toEqual([
    ["films", 3_201],
    ["sp500", 123],
    ["stocks", 560],
  ]);
  expect(structured.datasets[2]?.columns).toEqual([
    { name: "symbol", type: "text", missing: 0 },
    { name: "date", type: "date", missing: 0 },
    { name: "price", type: "number", missing: 0 },
  ]);
});
