import { z } from "zod";

/** What takes the place of a missing cell: the text `mean` or `median` for that figure of the column, or the value itself. */
export type FillValue = number | string;

/** One change to a table. */
export type TransformStep =
  | { step: "keep_columns"; columns: string[] }
  | { step: "rename"; column: string; to: string }
  | { step: "drop_missing"; columns: string[] }
  | { step: "fill_missing"; column: string; with: FillValue }
  | { step: "to_text"; column: string }
  | { step: "normalize"; column: string; method: "z_score" | "min_max" }
  | { step: "deduplicate"; columns: string[] };

const column = z.string();
const columns = z.array(column).min(1);

/** The schema of a {@link TransformStep}, for tool inputs. */
export const transformStepSchema: z.ZodType<TransformStep> = z.discriminatedUnion("step", [
  z.object({ step: z.literal("keep_columns"), columns }),
  z.object({ step: z.literal("rename"), column, to: z.string().trim().min(1).max(200) }),
  z.object({ step: z.literal("drop_missing"), columns }).describe("Drop records that miss one of the columns"),
  z.object({
    step: z.literal("fill_missing"),
    column,
    with: z.union([z.number(), z.string()]).describe("mean, median, or the value itself"),
  }),
  z.object({ step: z.literal("to_text"), column }).describe("Turn numbers and true/false into text"),
  z.object({ step: z.literal("normalize"), column, method: z.enum(["z_score", "min_max"]) }),
  z.object({ step: z.literal("deduplicate"), columns }).describe("Keep the first record of each combination"),
]);
