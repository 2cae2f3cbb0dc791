import type { z } from "zod";

/** What zod has against a value. */
export type Issue = z.core.$ZodIssue;

/** The outcome of {@link attempt}. */
export type Attempt = { success: true; data: unknown } | { success: false; issues: readonly Issue[] };

/**
 * A schema that throws refuses too. What it threw stays out of the report: `new URL(text)` puts the text in its error.
 */
export function attempt(schema: z.ZodType, value: unknown): Attempt {
  try {
    // Settings are read once, so a validator of their own that zod would compile for them never pays.
    const result = schema.safeParse(value, { jitless: true });
    return result.success ? result : { success: false, issues: result.error.issues };
  } catch (error) {
    const thrown = error instanceof Error ? error.constructor.name : typeof error;
    const message = `is refused by its schema, which threw ${thrown}`;
    return { success: false, issues: [{ code: "custom", path: [], message, input: undefined }] };
  }
}
