import { errorCodes, KitError, type Call, type ErrorCode, type Result } from "@plinth/core";

/**
 * How a call ended, for those who read logs. `ok`; `input-required`: it asks the client and will come again; `tool-error`:
 * the tool answered with `isError`; `refused`: an error made for the client; `failed`: one that is masked; `cancelled`:
 * nobody waited any more.
 */
export type CallOutcome = "ok" | "input-required" | "tool-error" | "refused" | "failed" | "cancelled";

/** How a call that gave a result ended. */
export function resultOutcome(result: Result | undefined): CallOutcome {
  // A middleware may have given nothing at all, which core will refuse and name.
  if (result?.["isError"] === true) return "tool-error";
  return result?.["resultType"] === "input_required" ? "input-required" : "ok";
}

/** The code under which an error leaves the server. */
export function codeOf(error: unknown, call: Call): ErrorCode {
  const code = KitError.isInstance(error) && Object.hasOwn(errorCodes, error.code) ? error.code : "INTERNAL";
  // Read for calls that fail alone: most have no signal yet, and making one costs more than the rest of this.
  if (code !== "INTERNAL" || !call.signal.aborted) return code;
  const reason: unknown = call.signal.reason;
  return KitError.isInstance(reason) && Object.hasOwn(errorCodes, reason.code) ? reason.code : "CANCELLED";
}

/** How a call that failed ended. */
export function errorOutcome(error: unknown, code: ErrorCode): CallOutcome {
  if (code === "CANCELLED") return "cancelled";
  const isExposed = code === "INTERNAL" || !KitError.isInstance(error) ? errorCodes[code].expose : error.expose;
  return isExposed ? "refused" : "failed";
}
