import { definePrompt, type Context } from "@plinth/core";
import { z } from "zod";
import type { Services } from "../services.ts";

export const businessAnalysisPrompt = definePrompt({
  name: "business_analysis_prompt",
  title: "Business analysis",
  description: "Asks for an analysis of the metrics of a business domain.",
  arguments: z.object({
    domain: z.string().min(1).max(200).describe("What to analyze, for example a data set"),
    metrics: z.string().min(1).max(500).describe("The figures that matter, separated by commas"),
    context: z.string().max(2_000).optional().describe("What else to know: the question behind it, the readers"),
  }),
  complete: {
    async domain(typed, { services }: Context<Services>) {
      const datasets = await services.store.list();
      return datasets.map(({ id }) => id).filter((id) => id.startsWith(typed));
    },
    async metrics(typed, { services }: Context<Services>, { domain = "" }) {
      const dataset = await services.store.find(domain);
      const numbers = dataset?.columns.filter(({ type }) => type === "number") ?? [];
      return numbers.map(({ name }) => name).filter((name) => name.toLowerCase().startsWith(typed.toLowerCase()));
    },
  },
  async render({ domain, metrics, context }, { services }: Context<Services>) {
    const datasets = await services.store.list();
    return [
      `Analyze ${domain} with regard to ${metrics}.`,
      ...(context ? [`Context: ${context}`] : []),
      "",
      "The data sets on this server:",
      ...datasets.map(({ id, title, rowCount }) => `- ${id}: ${title} (${rowCount} records)`),
      "",
      "1. Look at the columns with list_datasets, and check the data with validate_data_quality.",
      "2. Find what stands out with process_business_data, operation analyze.",
      "3. Compare groups with generate_business_report, and show the main result as a chart.",
      "4. Sum up: what the figures say, how far the data can be trusted, and what to do next. Quote the figures you rely on.",
    ].join("\n");
  },
});
