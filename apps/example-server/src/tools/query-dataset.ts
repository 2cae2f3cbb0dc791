import { defineTool, type Context } from "@plinth/core";
import { z } from "zod";
import type { Services } from "../services.ts";
import { toRecords } from "../store/dataset.ts";
import { datasetId } from "./dataset-id.ts";
import { filters } from "./filters.ts";

export const queryDataset = defineTool({
  name: "query_dataset",
  title: "Query a data set",
  description: "Returns the records of a data set that meet all the filters, sorted and a page at a time.",
  input: z.object({
    dataset_id: datasetId,
    columns: z.array(z.string()).min(1).max(200).optional().describe("Columns to return; all if left out"),
    filters,
    sort: z
      .array(z.object({ column: z.string(), direction: z.enum(["ascending", "descending"]).default("ascending") }))
      .max(5)
      .default([])
      .describe("Columns to sort by, the first one first; without, in the order of the import"),
    limit: z.int().min(1).max(500).default(50),
    offset: z.int().min(0).max(1_000_000).default(0),
  }),
  output: z.object({
    total: z.number().describe("Records that meet the filters, on all pages"),
    records: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))),
    nextOffset: z.number().optional().describe("The offset of the next page, if there is one"),
  }),
  requires: ["store"],
  annotations: { readOnlyHint: true },
  timeoutMs: 30_000,
  async handler({ dataset_id, columns, filters, sort, limit, offset }, { services: { store } }: Context<Services>) {
    const total = await store.count(dataset_id, filters);
    const page = await store.select(dataset_id, { ...(columns && { columns }), filters, sort, limit, offset });
    const end = offset + page.rows.length;
    return { total, records: toRecords(page), ...(end < total && { nextOffset: end }) };
  },
});
