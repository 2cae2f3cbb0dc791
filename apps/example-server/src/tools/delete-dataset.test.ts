import { createTestClient, type FormAnswer } from "@plinth/testing";
import { expect, test } from "vitest";
import { createTestServer } from "../testing/test-server.ts";
import { deleteDataset } from "./delete-dataset.ts";
import { listDatasets } from "./list-datasets.ts";

const eras = ["modern", "legacy"] as const;

test.each(eras)("delete_dataset asks the user, and deletes when they confirm (%s)", async (era) => {
  await using server = await createTestServer();
  await using client = await createTestClient(server, { era, answers: { elicit: [{ confirm: true }] } });

  const { structured } = await client.callTool(deleteDataset, { dataset_id: "sp500" });

  const left = await client.callTool(listDatasets, {});
  expect(structured).toEqual({ datasetId: "sp500", deleted: true });
  expect(left.structured.datasets.map(({ id }) => id)).toEqual(["films", "stocks"]);
  expect(client.received.forms.map(({ message }) => message)).toEqual([
    'Delete "S&P 500, monthly" with its 123 records? This cannot be undone.',
  ]);
});

const refusals = eras.flatMap((era) =>
  (["decline", "cancel", { confirm: false }] satisfies FormAnswer[]).map((answer) => ({ era, answer })),
);
test.each(refusals)("delete_dataset keeps the data when the user answers $answer ($era)", async ({ era, answer }) => {
  await using server = await createTestServer();
  await using client = await createTestClient(server, { era, answers: { elicit: [answer] } });

  const { structured } = await client.callTool(deleteDataset, { dataset_id: "sp500" });

  const left = await client.callTool(listDatasets, {});
  expect(structured).toEqual({ datasetId: "sp500", deleted: false });
  expect(left.structured.datasets).toHaveLength(3);
});

test("delete_dataset deletes nothing for a client that cannot ask", async () => {
  await using server = await createTestServer();
  await using client = await createTestClient(server);

  await expect(client.callTool(deleteDataset, { dataset_id: "sp500" })).rejects.toThrow(/elicitation/);

  const left = await client.callTool(listDatasets, {});
  expect(left.structured.datasets).toHaveLength(3);
});
