import { createTestClient } from "@plinth/testing";
import { expect, test } from "vitest";
import { filmsSql } from "../testing/films-sql.ts";
import { createTestServer } from "../testing/test-server.ts";
import { queryDataset } from "./query-dataset.ts";

test("query_dataset filters, sorts and pages as plain SQL does", async () => {
  await using server = await createTestServer();
  await using client = await createTestClient(server);
  const [expected] = filmsSql(`SELECT count(*) AS total FROM films
    WHERE value ->> 'Major Genre' = 'Drama' AND value ->> 'IMDB Rating' >= 8`);
  const best = filmsSql(`SELECT value ->> 'Title' AS Title, value ->> 'IMDB Rating' AS "IMDB Rating" FROM films
    WHERE value ->> 'Major Genre' = 'Drama' ORDER BY value ->> 'IMDB Rating' DESC, key LIMIT 2 OFFSET 2`);

  const { structured } = await client.callTool(queryDataset, {
    dataset_id: "films",
    columns: ["Title", "IMDB Rating"],
    filters: [
      { column: "Major Genre", operator: "eq", value: "Drama" },
      { column: "IMDB Rating", operator: "gte", value: 8 },
    ],
    sort: [{ column: "IMDB Rating", direction: "descending" }],
    limit: 2,
    offset: 2,
  });

  expect(structured).toEqual({ total: expected?.["total"], records: best.map((film) => ({ ...film })), nextOffset: 4 });
});

test("query_dataset tells the model how to mend a call", async () => {
  await using server = await createTestServer();
  await using client = await createTestClient(server);

  const column = await client.callTool(queryDataset, {
    dataset_id: "sp500",
    filters: [{ column: "prise", operator: "is_null" }],
  });
  const dataset = await client.callTool(queryDataset, { dataset_id: "nope" });
  const limit = await client.callTool(queryDataset, { dataset_id: "sp500", limit: 5_000 });

  expect(column).toMatchObject({ isError: true, text: 'There is no column "prise". The columns are "date", "price".' });
  expect(dataset).toMatchObject({
    isError: true,
    text: 'There is no data set "nope". There are "films", "sp500", "stocks".',
  });
  expect(limit).toMatchObject({ isError: true, text: expect.stringContaining("limit") });
});
