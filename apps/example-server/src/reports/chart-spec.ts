import type { TopLevelSpec } from "vega-lite";
import { DataError } from "../data-error.ts";
import type { Report } from "./aggregate.ts";

/** How a chart is drawn. */
export interface ChartOptions {
  title: string;
  /** @default "line" for groups by date, otherwise "bar" */
  mark?: "bar" | "line" | "point" | undefined;
}

/**
 * Describes a chart of a report in Vega-Lite: the first group key goes to the right, the first figure up, and a second
 * key gives the colour. The data's own names are titles only; the fields are called x, y and series, since Vega-Lite
 * reads dots and brackets in a field's name as a path.
 *
 * @throws DataError `INVALID` for a report without a group key.
 */
export function toChartSpec({ headings, keyCount, rows }: Report, { title, mark }: ChartOptions): TopLevelSpec {
  if (keyCount === 0) throw new DataError("INVALID", "A chart needs a column to group by.");
  const [x = "", y = "", series = ""] = [headings[0], headings[keyCount], headings[1]];
  const values = rows
    .filter((row) => row[keyCount] !== null)
    .map((row) => ({
      x: String(row[0] ?? "(none)"),
      y: row[keyCount],
      ...(keyCount > 1 && { series: String(row[1] ?? "(none)") }),
    }));
  const overTime = values.length > 1 && values.every(({ x }) => /^\d{4}(-\d{2}(-\d{2})?)?$/.test(x));
  return {
    title,
    width: 640,
    height: 360,
    padding: 20,
    background: "white",
    data: { values },
    mark: { type: mark ?? (overTime ? "line" : "bar") },
    encoding: {
      x: overTime
        ? { field: "x", type: "temporal", title: x, scale: { type: "utc" } }
        : { field: "x", type: "nominal", title: x, sort: null, axis: { labelAngle: -45, labelLimit: 160 } },
      y: { field: "y", type: "quantitative", title: y },
      ...(keyCount > 1 && { color: { field: "series", type: "nominal", title: series } }),
    },
    config: { font: "DejaVu Sans" },
  };
}
