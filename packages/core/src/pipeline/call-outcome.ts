import { errorCodes, type ErrorCode } from "../errors/error-codes.ts";
import { KitError } from "../errors/kit-error.ts";
import type { Call, Result } from "./call.ts";

/**
 * How a call ended, in the words that access log, audit and metrics share. `ok`; `input-required`: it asks the client and
 * will come again; `tool-error`: the tool answered with `isError`; `refused`: an error made for the client; `failed`: one
 * that is masked; `cancelled`: nobody waited any more.
 */
export type CallOutcome = "ok" | "input-required" | "tool-error" | "refused" | "failed" | "cancelled";

/** How a call that gave a result ended. A middleware may have given nothing at all, which the server refuses and names. */
export function resultOutcome(result: Result | undefined): "ok" | "input-required" | "tool-error" {
  if (result?.["isError"] === true) return "tool-error";
  return result?.["resultType"] === "input_required" ? "input-required" : "ok";
}

/** How a call that threw ended; `code` is what {@link codeOf} says. */
export function errorOutcome(thrown: unknown, code: ErrorCode): "refused" | "failed" | "cancelled" {
  if (code === "CANCELLED") return "cancelled";
  const isExposed = code === "INTERNAL" || !KitError.isInstance(thrown) ? errorCodes[code].expose : thrown.expose;
  return isExposed ? "refused" : "failed";
}

/** The code under which what was thrown leaves the server, out of the table of error codes and nothing else. */
export function codeOf(thrown: unknown, call: Call): ErrorCode {
  const code = KitError.isInstance(thrown) ? (knownCode(thrown.code) ?? "INTERNAL") : "INTERNAL";
  // Read for calls that fail alone: most have no signal yet, and making one costs more than the rest of this.
  if (code !== "INTERNAL" || !call.signal.aborted) return code;
  // Why the server itself has ended the call, which its handler may have made an `AbortError` of.
  const reason: unknown = call.signal.reason;
  return (KitError.isInstance(reason) ? knownCode(reason.code) : undefined) ?? "CANCELLED";
}

/** The code of an answer that is an error for the model to read. */
export function codeOfResult(result: Result): ErrorCode {
  const meta = result["_meta"] as Readonly<Record<string, { readonly code?: unknown } | undefined>> | undefined;
  return knownCode(meta?.["dev.plinth/error"]?.code) ?? "FAILED";
}

function knownCode(code: unknown): ErrorCode | undefined {
  return typeof code === "string" && Object.hasOwn(errorCodes, code) ? (code as ErrorCode) : undefined;
}
