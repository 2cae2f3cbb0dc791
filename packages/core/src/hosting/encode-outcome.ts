import { logError, type Logger } from "../context/logger.ts";
import { nextRequestId } from "../context/request-id.ts";
import { KitError } from "../errors/kit-error.ts";
import { toWireError, type WireError } from "../errors/wire-error.ts";
import type { Outcome } from "../pipeline/dispatch.ts";
import type { EncodedResult, ResultEncoder } from "../protocol/encode-result.ts";

/** Options for {@link encodeOutcome}. */
export interface EncodeOutcomeOptions {
  /** The method that was called. */
  readonly method: string;
  readonly encode: ResultEncoder;
  readonly log: Logger;
}

/** An outcome in the form in which it leaves. */
export type EncodedOutcome = { readonly result: EncodedResult } | { readonly error: WireError };

/**
 * Encodes a result. One that cannot be sent becomes an error, because a client without an answer would wait for ever;
 * the log says why.
 */
export function encodeOutcome(outcome: Outcome, { method, encode, log }: EncodeOutcomeOptions): EncodedOutcome {
  if ("error" in outcome) return outcome;
  try {
    return { result: encode(method, outcome.result) };
  } catch (cause) {
    const error = new KitError("INVALID_OUTPUT", `The result of ${method} cannot be sent`, { cause });
    const requestId = nextRequestId();
    logError(() => log, "A result could not be sent", { requestId, error });
    return { error: toWireError(error, requestId) };
  }
}
