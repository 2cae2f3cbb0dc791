import { createTestClient } from "@plinth/testing";
import { expect, test } from "vitest";
import { createTestServer } from "../testing/test-server.ts";
import { listDatasets } from "./list-datasets.ts";
import { queryDataset } from "./query-dataset.ts";

function sales(rows: number): string {
  return `day,amount\n${Array.from({ length: rows }, (_, index) => `2024-01-${10 + (index % 20)},${index}`).join("\n")}\n`;
}

test("import_dataset stores 50,000 rows and reports progress", async () => {
  await using server = await createTestServer();
  await using client = await createTestClient(server);

  const answer = await client.callTool("import_dataset", {
    dataset_id: "sales",
    format: "csv",
    content: sales(50_000),
  });
  const last = await client.callTool(queryDataset, { dataset_id: "sales", offset: 49_999 });

  expect(answer.structured).toEqual({
    datasetId: "sales",
    rowCount: 50_000,
    columns: [
      { name: "day", type: "date", missing: 0 },
      { name: "amount", type: "number", missing: 0 },
    ],
  });
  expect(answer.progress.length).toBeGreaterThan(1);
  expect(answer.progress.at(-1)).toMatchObject({ progress: 50_000, message: "50000 rows stored" });
  expect(last.structured).toEqual({ total: 50_000, records: [{ day: "2024-01-29", amount: 49_999 }] });
});

test("import_dataset leaves nothing of a call that is cancelled midway", async () => {
  await using server = await createTestServer();
  await using client = await createTestClient(server);
  const cancel = new AbortController();

  const call = client.sdk.callTool(
    { name: "import_dataset", arguments: { dataset_id: "sales", format: "csv", content: sales(100_000) } },
    { signal: cancel.signal, onprogress: () => cancel.abort(new Error("Changed my mind")) },
  );

  await expect(call).rejects.toThrow("Changed my mind");
  const { structured } = await client.callTool(listDatasets, {});
  expect(structured.datasets.map(({ id }) => id)).toEqual(["films", "sp500", "stocks"]);
});

test("import_dataset says what is wrong with the text, and where", async () => {
  await using server = await createTestServer();
  await using client = await createTestClient(server);

  const answer = await client.callTool("import_dataset", {
    dataset_id: "bad",
    format: "csv",
    content: "a,b\n1,2\n3\n",
  });

  expect(answer).toMatchObject({ isError: true, text: expect.stringMatching(/^This is not CSV: .*line 3/) });
});

test("import_dataset tells clients that the list of resources changed", async () => {
  await using server = await createTestServer();
  await using client = await createTestClient(server, { era: "legacy" });

  await client.callTool("import_dataset", { dataset_id: "tiny", format: "json", content: '[{"a":1}]' });
  const { resources } = await client.sdk.listResources();

  expect(resources.map(({ uri }) => uri)).toContain("business://datasets/tiny");
  await expect
    .poll(() => client.received.notifications.map(({ method }) => method))
    .toContain("notifications/resources/list_changed");
});
