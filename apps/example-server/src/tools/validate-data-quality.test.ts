import { createTestClient } from "@plinth/testing";
import { expect, test } from "vitest";
import { filmsSql } from "../testing/films-sql.ts";
import { createTestServer } from "../testing/test-server.ts";
import { validateDataQuality } from "./validate-data-quality.ts";

test("validate_data_quality counts what breaks the rules, and describes as many records as it is told to", async () => {
  await using server = await createTestServer();
  await using client = await createTestClient(server);
  const [expected] = filmsSql(`SELECT count(*) AS invalid FROM films
    WHERE value ->> 'Director' IS NULL OR json_type(value, '$.Title') <> 'text'`);
  const invalid = Number(expected?.["invalid"]);

  const { structured } = await client.callTool(validateDataQuality, {
    dataset_id: "films",
    rules: { required: ["Director"], types: { Title: "text" } },
    max_findings: 2,
  });

  expect(structured).toMatchObject({ recordCount: 3_201, invalidCount: invalid, validCount: 3_201 - invalid });
  expect(structured.findings).toHaveLength(2);
  expect(structured.recommendations).toHaveLength(2);
});

test("validate_data_quality has rules of its own", async () => {
  await using server = await createTestServer();
  await using client = await createTestClient(server);

  const { structured } = await client.callTool(validateDataQuality, { dataset_id: "films" });

  expect(structured.rules.map(({ rule, column }) => `${rule} ${column}`).toSorted()).toEqual([
    "range Release Date",
    "type Title",
  ]);
  expect(structured.score).toBeGreaterThan(99);
  expect(structured.score).toBeLessThan(100);
});
