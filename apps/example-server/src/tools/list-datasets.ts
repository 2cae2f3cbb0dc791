import { defineTool, type Context } from "@plinth/core";
import { z } from "zod";
import type { Services } from "../services.ts";

export const listDatasets = defineTool({
  name: "list_datasets",
  title: "List data sets",
  description: "Lists the data sets with their columns: name, type, and how many values are missing. Start here.",
  output: z.object({
    datasets: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        rowCount: z.number(),
        importedAt: z.string(),
        columns: z.array(z.object({ name: z.string(), type: z.string(), missing: z.number() })),
      }),
    ),
  }),
  requires: ["store"],
  annotations: { readOnlyHint: true },
  timeoutMs: 30_000,
  async handler(_input, { services }: Context<Services>) {
    const datasets = await services.store.list();
    return {
      datasets: datasets.map(({ columns, ...dataset }) => ({
        ...dataset,
        columns: columns.map(({ name, type, missing }) => ({ name, type, missing })),
      })),
    };
  },
});
