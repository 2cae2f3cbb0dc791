import { createTestClient } from "@plinth/testing";
import { expect, test } from "vitest";
import { createTestServer } from "../testing/test-server.ts";
import { processBusinessData } from "./process-business-data.ts";
import { queryDataset } from "./query-dataset.ts";

test("process_business_data analyzes with a threshold of 2.0 by default", async () => {
  await using server = await createTestServer();
  await using client = await createTestClient(server);

  const analysis = await client.callTool(processBusinessData, { dataset_id: "films", operation: "analyze" });

  expect(analysis.result.structuredContent).toMatchObject({
    rowCount: 3_201,
    anomalyThreshold: 2,
    patterns: { dateColumn: "Release Date" },
    insights: expect.arrayContaining(["3,201 records were analyzed."]),
  });
});

test("process_business_data analyzes the records and columns it is told to", async () => {
  await using server = await createTestServer();
  await using client = await createTestClient(server);

  const analysis = await client.callTool(processBusinessData, {
    dataset_id: "stocks",
    operation: "analyze",
    columns: ["price"],
    filters: [{ column: "symbol", operator: "eq", value: "IBM" }],
    anomaly_threshold: 3,
  });

  expect(analysis.result.structuredContent).toMatchObject({
    rowCount: 123,
    anomalyThreshold: 3,
    summary: [{ column: "price", count: 123 }],
  });
});

test("process_business_data transforms, previews and saves the result", async () => {
  await using server = await createTestServer();
  await using client = await createTestClient(server);

  const { result } = await client.callTool(processBusinessData, {
    dataset_id: "films",
    operation: "transform",
    columns: ["Title", "Director"],
    steps: [
      { step: "drop_missing", columns: ["Director"] },
      { step: "to_text", column: "Title" },
    ],
    save_as: "directed-films",
  });
  const saved = await client.callTool(queryDataset, { dataset_id: "directed-films", limit: 1 });

  expect(result.structuredContent).toMatchObject({
    recordCountBefore: 3_201,
    recordCount: 1_870,
    columns: [
      { name: "Title", type: "text" },
      { name: "Director", type: "text", missing: 0 },
    ],
    savedAs: "directed-films",
  });
  expect(saved.structured).toMatchObject({
    total: 1_870,
    records: [{ Title: "Following", Director: "Christopher Nolan" }],
  });
});

test("process_business_data does not overwrite a data set", async () => {
  await using server = await createTestServer();
  await using client = await createTestClient(server);

  const answer = await client.callTool(processBusinessData, {
    dataset_id: "sp500",
    operation: "transform",
    save_as: "films",
  });

  expect(answer).toMatchObject({ isError: true, text: expect.stringContaining('a data set "films" already') });
});

test("process_business_data validates and reports", async () => {
  await using server = await createTestServer();
  await using client = await createTestClient(server);

  const validation = await client.callTool(processBusinessData, { dataset_id: "films", operation: "validate" });
  const report = await client.callTool(processBusinessData, { dataset_id: "sp500", operation: "report" });

  expect(validation.result.structuredContent).toMatchObject({ recordCount: 3_201 });
  expect(report.text).toMatch(
    /^# S\\&P 500, monthly\n[^]*\| price \| 123 \|[^]*## Insights\n\n- 123 records were analyzed\./,
  );
});
