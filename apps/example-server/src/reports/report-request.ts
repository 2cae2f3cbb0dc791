import { z } from "zod";

/** The figures that can be computed of a group. */
export type AggregateFunction = "count" | "sum" | "avg" | "min" | "max" | "median";

/** One figure of each group. */
export interface Aggregation {
  function: AggregateFunction;
  /** The column to compute it of; `count` may leave it out to count records. */
  column?: string | undefined;
  /** The heading in the report. @default such as `avg of price` */
  as?: string | undefined;
}

/** What records are grouped by: a column's value, or for a date its year, quarter or month. */
export interface GroupKey {
  column: string;
  unit?: "year" | "quarter" | "month" | undefined;
}

/** What a report shows of a table. */
export interface ReportRequest {
  /** @default one group of all records */
  groupBy?: GroupKey[] | undefined;
  aggregations: Aggregation[];
  /** A heading to order the groups by. @default the group keys, ascending */
  sort?: { heading: string; direction?: "ascending" | "descending" | undefined } | undefined;
  /** Groups at most. @default 100 */
  limit?: number | undefined;
}

/** The schema of a {@link GroupKey}, for tool inputs. */
export const groupKeySchema: z.ZodType<GroupKey> = z.object({
  column: z.string(),
  unit: z.enum(["year", "quarter", "month"]).optional().describe("For dates: the period to group by"),
});

/** The schema of an {@link Aggregation}, for tool inputs. */
export const aggregationSchema: z.ZodType<Aggregation> = z.object({
  function: z.enum(["count", "sum", "avg", "min", "max", "median"]),
  column: z.string().optional().describe("Left out, count counts records"),
  as: z.string().min(1).max(100).optional().describe("Heading in the report"),
});
