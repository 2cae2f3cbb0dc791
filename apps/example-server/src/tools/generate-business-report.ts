import { defineTool, type Context, image, text } from "@plinth/core";
import { z } from "zod";
import { toMarkdown } from "../reports/markdown-report.ts";
import { aggregationSchema, groupKeySchema } from "../reports/report-request.ts";
import type { Services } from "../services.ts";
import { requireDataset } from "../store/dataset-store.ts";
import { datasetId } from "./dataset-id.ts";
import { filters } from "./filters.ts";

export const generateBusinessReport = defineTool({
  name: "generate_business_report",
  title: "Generate a business report",
  description:
    "Groups the records of a data set and computes figures of each group, as JSON, CSV, XML, Markdown or a chart (PNG). " +
    "A chart shows the first figure by the first group key, in colours for the second.",
  input: z.object({
    dataset_id: datasetId,
    title: z.string().min(1).max(200).optional().describe("Heading; the title of the data set if left out"),
    filters,
    group_by: z.array(groupKeySchema).max(3).default([]).describe("Columns to group by; one group of all if left out"),
    aggregations: z.array(aggregationSchema).min(1).max(10).describe("The figures of each group"),
    sort: z
      .object({
        heading: z.string().describe('A group column, or a figure such as "avg of price"'),
        direction: z.enum(["ascending", "descending"]).default("descending"),
      })
      .optional()
      .describe("What to order the groups by; their keys if left out"),
    limit: z.int().min(1).max(1_000).default(100).describe("Groups to show"),
    output_format: z.enum(["json", "csv", "xml", "markdown", "chart"]).default("markdown"),
    chart_type: z.enum(["bar", "line", "point"]).optional().describe("Left out, dates make lines and the rest bars"),
  }),
  requires: ["store"],
  annotations: { readOnlyHint: true },
  timeoutMs: 120_000,
  async handler(input, { services: { store } }: Context<Services>) {
    // Loaded here, as the formats below: a client that starts the server waits for its lists, which need none of them.
    const { aggregate } = await import("../reports/aggregate.ts");
    const dataset = await requireDataset(store, input.dataset_id);
    const title = input.title ?? dataset.title;
    const table = await store.select(input.dataset_id, { filters: input.filters });
    const { aggregations, sort, limit } = input;
    const report = aggregate(table, { groupBy: input.group_by, aggregations, sort, limit });
    const shown = report.rows.length;
    const extent = `Shows ${shown} of ${report.groupCount} groups${shown < report.groupCount ? "; raise limit for more" : ""}.`;

    switch (input.output_format) {
      case "json":
        return { title, ...report };
      case "csv": {
        const { toCsv } = await import("../reports/csv-report.ts");
        return shown < report.groupCount ? [toCsv(report), text(extent)] : toCsv(report);
      }
      case "xml": {
        const { toXml } = await import("../reports/xml-report.ts");
        return toXml(report);
      }
      case "markdown":
        return toMarkdown(report, title);
      case "chart": {
        const { toChartSpec } = await import("../reports/chart-spec.ts");
        const { renderChart } = await import("../reports/render-chart.ts");
        const png = await renderChart(toChartSpec(report, { title, mark: input.chart_type }));
        return [image(png, "image/png"), text(`Chart "${title}". ${extent}`)];
      }
    }
  },
});
