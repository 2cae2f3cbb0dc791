import { z } from "zod";
import { filterSchema } from "../store/filter.ts";

/** The argument that chooses records, in every tool that works on them. */
export const filters = z.array(filterSchema).max(20).default([]).describe("Conditions; a record must meet all of them");
