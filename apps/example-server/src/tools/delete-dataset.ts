import { defineTool, type Context } from "@plinth/core";
import { z } from "zod";
import type { Services } from "../services.ts";
import { requireDataset } from "../store/dataset-store.ts";
import { datasetId } from "./dataset-id.ts";

export const deleteDataset = defineTool({
  name: "delete_dataset",
  title: "Delete a data set",
  description: "Deletes a data set with all its records, after asking the user.",
  input: z.object({ dataset_id: datasetId }),
  output: z.object({ datasetId: z.string(), deleted: z.boolean() }),
  requires: ["store"],
  annotations: { destructiveHint: true },
  // Its user may take ten minutes to answer.
  timeoutMs: 660_000,
  async handler({ dataset_id }, context: Context<Services>) {
    const { store } = context.services;
    const { title, rowCount } = await requireDataset(store, dataset_id);

    const answer = await context.elicit({
      message: `Delete "${title}" with its ${rowCount} records? This cannot be undone.`,
      schema: z.object({ confirm: z.boolean().describe("Delete the data set for good") }),
    });
    const confirmed = answer.action === "accept" && answer.content.confirm;

    const deleted = confirmed && (await store.delete(dataset_id));
    if (deleted) context.notify.resourcesChanged();
    return { datasetId: dataset_id, deleted };
  },
});
