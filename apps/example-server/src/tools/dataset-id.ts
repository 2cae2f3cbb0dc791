import { z } from "zod";

/** The argument that names a data set, in every tool. */
export const datasetId: z.ZodString = z.string().max(60).describe("Id of a data set, as list_datasets shows it");
