import { defineTool, type Context } from "@plinth/core";
import { z } from "zod";
import { assessQuality } from "../quality/assess-quality.ts";
import { defaultRules, qualityRulesSchema } from "../quality/quality-rules.ts";
import type { Services } from "../services.ts";
import { datasetId } from "./dataset-id.ts";
import { filters } from "./filters.ts";

export const validateDataQuality = defineTool({
  name: "validate_data_quality",
  title: "Validate data quality",
  description:
    "Checks every record of a data set against rules (required columns, types, ranges, custom conditions) and returns valid " +
    "and invalid counts, a score from 0 to 100, the first invalid records and recommendations.",
  input: z.object({
    dataset_id: datasetId,
    rules: qualityRulesSchema.optional().describe("Left out: mixed columns keep to one type, no date is in the future"),
    filters,
    max_findings: z.int().min(0).max(500).default(20).describe("Invalid records to describe"),
  }),
  output: z.object({
    recordCount: z.number(),
    validCount: z.number(),
    invalidCount: z.number(),
    score: z.number().min(0).max(100).describe("Share of checks that passed, in percent"),
    rules: z.array(z.object({ rule: z.string(), column: z.string(), expectation: z.string(), failures: z.number() })),
    findings: z.array(
      z.object({
        record: z.number().describe("Number of the record among those checked, from 1"),
        problems: z.array(
          z.object({
            column: z.string(),
            value: z.union([z.string(), z.number(), z.boolean(), z.null()]),
            expectation: z.string(),
          }),
        ),
      }),
    ),
    recommendations: z.array(z.string()),
  }),
  requires: ["store"],
  annotations: { readOnlyHint: true },
  timeoutMs: 120_000,
  async handler({ dataset_id, rules, filters, max_findings }, { services: { store } }: Context<Services>) {
    const table = await store.select(dataset_id, { filters });
    return assessQuality(table, rules ?? defaultRules(table.columns), { maxFindings: max_findings });
  },
});
