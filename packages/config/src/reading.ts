import { z } from "zod";
import { setting, type SettingDetails } from "./setting.ts";

/**
 * A schema made of one function: it gets the text (or the JSON value) and returns the value, or `undefined` to refuse
 * it. The refusal says "must be" and what `details.expects` says, and never quotes the input.
 */
export function reading<Output, Input>(
  details: SettingDetails & { expects: string },
  read: (input: unknown) => Output | undefined,
): z.ZodType<Output, Input> {
  const schema = z.unknown().transform((input, context): Output => {
    const value = read(input);
    if (value !== undefined) return value;
    context.issues.push({ code: "custom", input, message: `must be ${details.expects}` });
    return z.NEVER;
  });
  return setting(schema, details) as unknown as z.ZodType<Output, Input>;
}
