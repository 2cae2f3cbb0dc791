import { errorCodes } from "@plinth/core";

/** Every code that a tool or a middleware may fail with. */
export const errorCodeNames: readonly string[] = Object.keys(errorCodes);
