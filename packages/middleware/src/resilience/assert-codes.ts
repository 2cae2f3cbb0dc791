import { errorCodes, KitError, quote } from "@plinth/core";

/**
 * Checks the error codes of an option.
 * @throws KitError `MISUSE` for one that there is not, and for `CANCELLED`, after which nobody waits for anything
 */
export function assertCodes(codes: readonly string[]): void {
  for (const code of codes) {
    if (Object.hasOwn(errorCodes, code) && code !== "CANCELLED") continue;
    throw new KitError("MISUSE", `codes has ${quote(code)}; name error codes, and not CANCELLED`);
  }
}
