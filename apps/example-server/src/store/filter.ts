import { z } from "zod";

/** A value to compare with. To look for what is missing, use the operator `is_null`. */
export type Scalar = string | number | boolean;

/** One condition on one column; a record must meet all the conditions of a query. */
export type Filter =
  | { column: string; operator: "eq" | "ne" | "lt" | "lte" | "gt" | "gte"; value: Scalar }
  | { column: string; operator: "in"; value: Scalar[] }
  | { column: string; operator: "contains" | "starts_with"; value: string }
  | { column: string; operator: "is_null" | "is_not_null" };

const column = z.string().describe("Column name, exactly as list_datasets shows it");
const scalar = z.union([z.string(), z.number(), z.boolean()]);

/** The schema of a {@link Filter}, for tool inputs. */
export const filterSchema: z.ZodType<Filter> = z.discriminatedUnion("operator", [
  z.object({
    column,
    operator: z.enum(["eq", "ne", "lt", "lte", "gt", "gte"]),
    value: scalar.describe("Number, text or true/false; dates as YYYY-MM-DD"),
  }),
  z.object({ column, operator: z.literal("in"), value: z.array(scalar).min(1).max(100) }),
  z.object({ column, operator: z.enum(["contains", "starts_with"]), value: z.string().min(1) }),
  z.object({ column, operator: z.enum(["is_null", "is_not_null"]) }),
]);
