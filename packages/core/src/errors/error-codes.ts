/** How one {@link ErrorCode} leaves the process. */
export interface ErrorCodeEntry {
  /** JSON-RPC error number. Ours are `-31000 - HTTP status`: outside every range that JSON-RPC and MCP reserve. */
  readonly rpc: number;
  /** HTTP status of a refusal; `undefined` leaves the error in-band, on the status of the answer. */
  readonly http?: number;
  /** Whether the same call may succeed when repeated later. */
  readonly retryable: boolean;
  /** Whether the message was written for clients. Others are masked. */
  readonly expose: boolean;
  /**
   * Where a failed `tools/call` shows it: to the model as an `isError` result, or to the client as a JSON-RPC error.
   */
  readonly surface: "tool" | "protocol";
}

/** A stable error code; see {@link errorCodes} for how each leaves the process. */
export type ErrorCode =
  | "INVALID_REQUEST"
  | "METHOD_NOT_FOUND"
  | "INVALID_PARAMS"
  | "INVALID_ARGUMENTS"
  | "RESOURCE_NOT_FOUND"
  | "NOT_FOUND"
  | "HEADER_MISMATCH"
  | "CLIENT_CAPABILITY_MISSING"
  | "UNSUPPORTED_VERSION"
  | "INVALID_REQUEST_STATE"
  | "UNAUTHENTICATED"
  | "FORBIDDEN"
  | "TIMEOUT"
  | "CONFLICT"
  | "TOO_LARGE"
  | "RATE_LIMITED"
  | "CANCELLED"
  | "UNAVAILABLE"
  | "FAILED"
  | "INVALID_OUTPUT"
  | "MISUSE"
  | "INTERNAL";

/**
 * The one table from error code to wire. Codes are stable API; numbers follow JSON-RPC 2.0 section 5.1 and
 * MCP 2026-07-28 (`-32020` header mismatch, `-32021` missing client capability, `-32022` unsupported version).
 */
export const errorCodes: Readonly<Record<ErrorCode, ErrorCodeEntry>> = {
  INVALID_REQUEST: { rpc: -32600, http: 400, retryable: false, expose: true, surface: "protocol" },
  METHOD_NOT_FOUND: { rpc: -32601, http: 404, retryable: false, expose: true, surface: "protocol" },
  INVALID_PARAMS: { rpc: -32602, retryable: false, expose: true, surface: "protocol" },
  INVALID_ARGUMENTS: { rpc: -32602, retryable: false, expose: true, surface: "tool" },
  /**
   * `-32602` in both eras, as the official SDKs have it; 2025-11-25 itself says `-32002`, which 2026-07-28 took back.
   */
  RESOURCE_NOT_FOUND: { rpc: -32602, retryable: false, expose: true, surface: "protocol" },
  NOT_FOUND: { rpc: -32602, retryable: false, expose: true, surface: "protocol" },
  HEADER_MISMATCH: { rpc: -32020, http: 400, retryable: false, expose: true, surface: "protocol" },
  CLIENT_CAPABILITY_MISSING: { rpc: -32021, http: 400, retryable: false, expose: true, surface: "protocol" },
  UNSUPPORTED_VERSION: { rpc: -32022, http: 400, retryable: false, expose: true, surface: "protocol" },
  INVALID_REQUEST_STATE: { rpc: -32602, retryable: false, expose: true, surface: "protocol" },
  UNAUTHENTICATED: { rpc: -31401, http: 401, retryable: false, expose: true, surface: "protocol" },
  FORBIDDEN: { rpc: -31403, http: 403, retryable: false, expose: true, surface: "protocol" },
  TIMEOUT: { rpc: -31408, retryable: true, expose: true, surface: "tool" },
  CONFLICT: { rpc: -31409, http: 409, retryable: false, expose: true, surface: "protocol" },
  TOO_LARGE: { rpc: -31413, retryable: false, expose: true, surface: "tool" },
  RATE_LIMITED: { rpc: -31429, http: 429, retryable: true, expose: true, surface: "protocol" },
  CANCELLED: { rpc: -31499, retryable: true, expose: true, surface: "protocol" },
  UNAVAILABLE: { rpc: -31503, http: 503, retryable: true, expose: true, surface: "tool" },
  FAILED: { rpc: -31422, retryable: false, expose: true, surface: "tool" },
  INVALID_OUTPUT: { rpc: -32603, retryable: false, expose: false, surface: "tool" },
  MISUSE: { rpc: -32603, retryable: false, expose: false, surface: "tool" },
  INTERNAL: { rpc: -32603, retryable: false, expose: false, surface: "tool" },
};

/**
 * JSON-RPC 2.0 section 5.1, for bytes that are no JSON. It has no place in the table, because no request has such an
 * error.
 */
export const parseErrorCode = -32700;
