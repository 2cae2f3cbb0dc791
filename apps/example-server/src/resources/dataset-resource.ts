import { defineResource, type Context } from "@plinth/core";
import type { Services } from "../services.ts";
import { toRecords } from "../store/dataset.ts";

const sampleSize = 20;

export const datasetResource = defineResource({
  uri: "business://datasets/{datasetId}",
  name: "dataset",
  title: "Data set",
  description: "A data set: its columns, their types and missing values, and its first 20 records.",
  mimeType: "application/json",
  ttlMs: 60_000,
  requires: ["store"],
  async list({ services }: Context<Services>) {
    const datasets = await services.store.list();
    return datasets.map(({ id, title, rowCount }) => ({
      uri: `business://datasets/${id}`,
      name: id,
      title,
      description: `${rowCount} records`,
      mimeType: "application/json",
    }));
  },
  complete: {
    async datasetId(typed, { services }: Context<Services>) {
      const datasets = await services.store.list();
      return datasets.map(({ id }) => id).filter((id) => id.startsWith(typed));
    },
  },
  async read({ datasetId = "" }, { services: { store } }: Context<Services>) {
    const dataset = await store.find(datasetId);
    if (!dataset) return undefined;
    const sample = await store.select(datasetId, { limit: sampleSize });
    return { ...dataset, sample: toRecords(sample) };
  },
});
