import { createTestClient } from "@plinth/testing";
import { expect, test } from "vitest";
import { createTestServer } from "../testing/test-server.ts";
import { generateBusinessReport } from "./generate-business-report.ts";

const byYear = {
  dataset_id: "stocks",
  title: "AAPL by year",
  filters: [{ column: "symbol", operator: "eq" as const, value: "AAPL" }],
  group_by: [{ column: "date", unit: "year" as const }],
  aggregations: [{ function: "max" as const, column: "price", as: "highest" }, { function: "count" as const }],
  sort: { heading: "highest" },
  limit: 2,
};

test("generate_business_report answers in JSON", async () => {
  await using server = await createTestServer();
  await using client = await createTestClient(server);

  const { result } = await client.callTool(generateBusinessReport, { ...byYear, output_format: "json" });

  expect(result.structuredContent).toEqual({
    title: "AAPL by year",
    headings: ["date (year)", "highest", "count"],
    keyCount: 1,
    groupCount: 11,
    rows: [
      ["2010", 223.02, 3],
      ["2009", 210.73, 12],
    ],
  });
});

test.each([
  [
    "csv",
    "date (year),highest,count\r\n2010,223.02,3\r\n2009,210.73,12\r\n\nShows 2 of 11 groups; raise limit for more.",
  ],
  ["xml", expect.stringContaining('<cell name="highest">223.02</cell>')],
  ["markdown", expect.stringContaining("# AAPL by year\n\n| date (year) | highest | count |")],
] as const)("generate_business_report answers in %s", async (output_format, expected) => {
  await using server = await createTestServer();
  await using client = await createTestClient(server);

  const { text } = await client.callTool(generateBusinessReport, { ...byYear, output_format });

  expect(text).toEqual(expected);
});

test("generate_business_report draws a chart as a PNG image", async () => {
  await using server = await createTestServer();
  await using client = await createTestClient(server);

  const { result } = await client.callTool(generateBusinessReport, { ...byYear, output_format: "chart" });

  expect(result.content).toMatchObject([
    { type: "image", mimeType: "image/png", data: expect.stringMatching(/^iVBORw0KGgo/) },
    { type: "text", text: 'Chart "AAPL by year". Shows 2 of 11 groups; raise limit for more.' },
  ]);
});

test("generate_business_report tells the model which headings there are", async () => {
  await using server = await createTestServer();
  await using client = await createTestClient(server);

  const answer = await client.callTool(generateBusinessReport, { ...byYear, sort: { heading: "lowest" } });

  expect(answer).toMatchObject({
    isError: true,
    text: 'The report has no heading "lowest". It has date (year), highest, count.',
  });
});
