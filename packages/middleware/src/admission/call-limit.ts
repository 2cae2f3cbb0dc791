import { KitError, type Call } from "@plinth/core";

/**
 * A number by which calls are limited, or a function that tells it for each call, such as from the settings of its tenant.
 * `Infinity` from a function is no limit. **Security:** the function must go by who calls, and not by what clients choose.
 */
export type CallLimit = number | ((call: Call) => number);

/** Reads what a function gave for a number. @throws KitError `MISUSE` for what is no whole number of 1 or more */
export function wholeLimitOf(limit: CallLimit, name: string, call: Call): number {
  if (typeof limit === "number") return limit;
  const given: unknown = limit(call);
  if (given === Infinity || (Number.isSafeInteger(given) && (given as number) >= 1)) return given as number;
  throw new KitError("MISUSE", `${name}() gave ${String(given)}; give a whole number of 1 or more, or Infinity`);
}
