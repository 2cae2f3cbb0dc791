import { isRequestId, type RawParams, type RequestId } from "./json-rpc.ts";

/** Which request `notifications/cancelled` gives up, and why. */
export interface Cancellation {
  readonly requestId: RequestId;
  readonly reason: string | undefined;
}

/**
 * Reads the parameters of `notifications/cancelled`; `undefined` for a malformed one, which changes nothing (MCP,
 * cancellation).
 */
export function readCancellation(params: RawParams | undefined): Cancellation | undefined {
  const { requestId, reason } = params ?? {};
  const isWhole = isRequestId(requestId) && (reason === undefined || typeof reason === "string");
  return isWhole ? { requestId, reason } : undefined;
}
