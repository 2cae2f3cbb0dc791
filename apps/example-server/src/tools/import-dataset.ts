import { defineTool, type Context } from "@plinth/core";
import { z } from "zod";
import type { ExampleConfig } from "../config.ts";
import type { Services } from "../services.ts";

/** The tool takes its limits from the settings, so it is made by a function. */
export function importDataset(limits: ExampleConfig["imports"]) {
  return defineTool({
    name: "import_dataset",
    title: "Import a data set",
    description:
      "Imports CSV (with a header line) or a JSON array of objects as a new data set. All of it is stored, or nothing when " +
      "a row is bad or the call is cancelled.",
    input: z.object({
      dataset_id: z.string().max(60).describe("Id of the new data set: lower-case letters, digits and hyphens"),
      title: z.string().min(1).max(200).optional().describe("A title for people"),
      format: z.enum(["csv", "json"]),
      content: z.string().min(1).describe("The CSV or JSON text itself"),
      text_columns: z
        .array(z.string())
        .max(200)
        .default([])
        .describe("CSV columns that stay text as written, such as postcodes"),
    }),
    output: z.object({
      datasetId: z.string(),
      rowCount: z.number(),
      columns: z.array(z.object({ name: z.string(), type: z.string(), missing: z.number() })),
    }),
    requires: ["store"],
    timeoutMs: 600_000,
    async handler({ dataset_id, title, format, content, text_columns }, context: Context<Services>) {
      // Loaded with the first import: a client that starts the server waits for its lists, which need no CSV parser.
      const { importDataset: importIntoStore } = await import("../importing/import-dataset.ts");
      const { id, rowCount, columns } = await importIntoStore(
        context.services.store,
        { id: dataset_id, title, format, source: content, textColumns: text_columns },
        {
          ...limits,
          signal: context.signal,
          onProgress: (rows) => context.progress(rows, undefined, `${rows} rows stored`),
        },
      );
      context.notify.resourcesChanged();
      return { datasetId: id, rowCount, columns: columns.map(({ name, type, missing }) => ({ name, type, missing })) };
    },
  });
}
