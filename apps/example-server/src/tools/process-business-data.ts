import { defineTool, type Context } from "@plinth/core";
import { z } from "zod";
import { toAnalysisReport } from "../analysis/analysis-report.ts";
import { transformStepSchema } from "../analysis/transform-step.ts";
import { assessQuality } from "../quality/assess-quality.ts";
import { defaultRules, qualityRulesSchema } from "../quality/quality-rules.ts";
import type { Services } from "../services.ts";
import { requireDataset } from "../store/dataset-store.ts";
import { toRecords } from "../store/dataset.ts";
import { saveTable } from "../store/save-table.ts";
import { datasetId } from "./dataset-id.ts";
import { filters } from "./filters.ts";

const previewSize = 20;

export const processBusinessData = defineTool({
  name: "process_business_data",
  title: "Process business data",
  description:
    "Works on the records of a data set. analyze: summary statistics, correlations, trends, seasonality, anomalies and " +
    "insights. transform: applies steps, previews the result and saves it if asked to. validate: checks records against " +
    "rules. report: the analysis as a readable document.",
  input: z.object({
    dataset_id: datasetId,
    operation: z.enum(["analyze", "transform", "validate", "report"]),
    columns: z.array(z.string()).min(1).max(200).optional().describe("Columns to work on; all if left out"),
    filters,
    anomaly_threshold: z
      .number()
      .positive()
      .default(2)
      .describe("analyze, report: standard deviations from the mean beyond which a value is an anomaly"),
    steps: z.array(transformStepSchema).max(20).default([]).describe("transform: what to do, in this order"),
    save_as: datasetId.optional().describe("transform: id of a new data set for the result"),
    rules: qualityRulesSchema.optional().describe("validate: the rules; sensible ones if left out"),
  }),
  requires: ["store"],
  timeoutMs: 120_000,
  async handler(input, context: Context<Services>) {
    const { store } = context.services;
    const { title } = await requireDataset(store, input.dataset_id);
    const selection = { ...(input.columns && { columns: input.columns }), filters: input.filters };
    const table = await store.select(input.dataset_id, selection);

    // What brings a package of its own is loaded when it is first used: a client that starts the server waits for its lists.
    switch (input.operation) {
      case "analyze": {
        const { analyze } = await import("../analysis/analyze.ts");
        return analyze(table, { anomalyThreshold: input.anomaly_threshold });
      }
      case "report": {
        const { analyze } = await import("../analysis/analyze.ts");
        return toAnalysisReport(title, analyze(table, { anomalyThreshold: input.anomaly_threshold }));
      }
      case "validate":
        return assessQuality(table, input.rules ?? defaultRules(table.columns));
      case "transform": {
        const { transform } = await import("../analysis/transform.ts");
        const result = transform(table, input.steps);
        if (input.save_as) {
          await saveTable(store, input.save_as, { title: `${title}, transformed`, table: result });
          context.notify.resourcesChanged();
        }
        return {
          recordCountBefore: table.rows.length,
          recordCount: result.rows.length,
          columns: result.columns.map(({ name, type, missing }) => ({ name, type, missing })),
          preview: toRecords({ ...result, rows: result.rows.slice(0, previewSize) }),
          ...(input.save_as && { savedAs: input.save_as }),
        };
      }
    }
  },
});
