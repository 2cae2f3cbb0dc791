import type { Span } from "@opentelemetry/api";
import { errorCodes, KitError, type Call, type ErrorCode, type Result } from "@plinth/core";
import type { OpenTelemetry } from "../open-telemetry.ts";
import { attributeNames } from "./attribute-names.ts";
import { otherMethod } from "./span-facts.ts";

/** A call and its span. */
export interface BegunSpan {
  readonly api: OpenTelemetry;
  readonly call: Call;
  readonly span: Span;
}

/** What a client that is not told the reason reads. */
const maskedMessage = "Internal error";

/** Characters of a message that are shown. */
const maxMessage = 512;

/** Ends the span of a call that has a result. */
export function endWithResult({ api, span, call }: BegunSpan, result: Result): void {
  end({ api, span, call }, () => {
    // An answer for the model, though for a person a failure (MCP, tools, error handling).
    if (call.method !== "tools/call" || result["isError"] !== true) return;
    span.setAttribute(attributeNames.errorType, "tool_error");
    span.setStatus({ code: api.SpanStatusCode.ERROR });
  });
}

/**
 * Ends the span of a call that failed: with its code, and with its message if clients may read it. **Security:** of any
 * other error nothing is recorded, neither text nor stack; the log has them, under the same request id.
 */
export function endWithError({ api, span, call }: BegunSpan, thrown: unknown): void {
  end({ api, span, call }, () => {
    const { code, message } = failureOf(thrown, call);
    const { rpc, surface } = errorCodes[code];
    if (call.method === "tools/call" && surface === "tool") span.setAttribute(attributeNames.errorType, "tool_error");
    else span.setAttributes({ [attributeNames.errorType]: String(rpc), [attributeNames.statusCode]: String(rpc) });
    span.setAttribute(attributeNames.errorCode, code);
    span.setStatus({ code: api.SpanStatusCode.ERROR, message });
    if (code === "METHOD_NOT_FOUND") span.updateName(otherMethod).setAttribute(attributeNames.method, otherMethod);
  });
}

function end({ api, span, call }: BegunSpan, describe: () => void): void {
  quietly(api, () => {
    const { context } = call;
    describe();
    // Further in they may have been settled anew.
    span.setAttribute(attributeNames.requestId, context.requestId);
    if (context.tenant !== undefined) span.setAttribute(attributeNames.tenant, context.tenant);
  });
  quietly(api, () => span.end());
}

/** Whatever a processor of the team's own, or a thrown thing that cannot be read, does: the call has its outcome. */
function quietly({ diag }: OpenTelemetry, step: () => void): void {
  try {
    step();
  } catch (error) {
    diag.error("A span could not be ended as it should", error);
  }
}

function failureOf(thrown: unknown, { signal }: Call): { readonly code: ErrorCode; readonly message: string } {
  const error = KitError.isInstance(thrown) ? thrown : reasonOf(signal);
  if (error === undefined) return { code: signal.aborted ? "CANCELLED" : "INTERNAL", message: maskedMessage };
  const code = Object.hasOwn(errorCodes, error.code) ? error.code : "INTERNAL";
  return { code, message: error.expose ? error.message.slice(0, maxMessage) : maskedMessage };
}

/** Why the server itself has ended the call, which its handler may have made an `AbortError` of. */
function reasonOf(signal: AbortSignal): KitError | undefined {
  return signal.aborted && KitError.isInstance(signal.reason) ? signal.reason : undefined;
}
