import type { Json } from "../wire-request.ts";

/** Parameters of a `completion/complete`. */
export function complete(ref: unknown, argument: unknown, context?: Json): Json {
  return { ref, argument, ...(context && { context }) };
}
