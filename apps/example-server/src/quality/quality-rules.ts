import { z } from "zod";
import type { CellType, Column } from "../store/dataset.ts";
import { type Filter, filterSchema } from "../store/filter.ts";

/** What the records of a data set must be like. A missing cell breaks `required` alone. */
export interface QualityRules {
  /** Columns that must not be missing. */
  required?: string[] | undefined;
  /** The type that each of these columns must have. */
  types?: Record<string, CellType> | undefined;
  /** The smallest and largest value of each of these columns: numbers, or dates as YYYY-MM-DD. */
  ranges?: Record<string, Range> | undefined;
  /** Conditions that every record must meet. */
  custom?: CustomRule[] | undefined;
}

/** The ends of a range, both included; one of them may be open. */
export interface Range {
  minimum?: number | string | undefined;
  maximum?: number | string | undefined;
}

/** A condition with a name of its own: on one column, or between two. */
export type CustomRule =
  | { name: string; condition: Filter }
  | { name: string; compare: { column: string; operator: "eq" | "ne" | "lt" | "lte" | "gt" | "gte"; with: string } };

const name = z.string().min(1).max(100);
const bound = z.union([z.number(), z.string()]).optional();

/** The schema of {@link QualityRules}, for tool inputs. */
export const qualityRulesSchema: z.ZodType<QualityRules> = z.object({
  required: z.array(z.string()).max(200).optional(),
  types: z.record(z.string(), z.enum(["text", "number", "boolean", "date"])).optional(),
  ranges: z.record(z.string(), z.object({ minimum: bound, maximum: bound })).optional(),
  custom: z
    .array(
      z.union([
        z.object({ name, condition: filterSchema }),
        z.object({
          name,
          compare: z.object({
            column: z.string(),
            operator: z.enum(["eq", "ne", "lt", "lte", "gt", "gte"]),
            with: z.string().describe("The other column"),
          }),
        }),
      ]),
    )
    .max(50)
    .optional(),
});

/** Rules for a data set that came without any: a mixed column has its most frequent type, and no date lies in the future. */
export function defaultRules(columns: readonly Column[], today: Date = new Date()): QualityRules {
  const mixed = columns.filter((column) => column.type === "mixed");
  const dates = columns.filter((column) => column.type === "date");
  const endOfToday = `${today.toISOString().slice(0, 10)}T23:59:59Z`;
  return {
    types: Object.fromEntries(mixed.map((column) => [column.name, mostFrequentType(column)])),
    ranges: Object.fromEntries(dates.map((column) => [column.name, { maximum: endOfToday }])),
  };
}

function mostFrequentType({ counts }: Column): CellType {
  const [[type]] = Object.entries(counts).toSorted((a, b) => b[1] - a[1]) as [[CellType, number]];
  return type;
}
