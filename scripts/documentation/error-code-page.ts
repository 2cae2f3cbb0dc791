import { errorCodes, type ErrorCode } from "../../packages/core/src/errors/error-codes.ts";

/** When each code is thrown. A new code without a sentence here does not compile. */
const meanings: Readonly<Record<ErrorCode, string>> = {
  INVALID_REQUEST: "The message is no valid request.",
  METHOD_NOT_FOUND: "There is no such method.",
  INVALID_PARAMS: "A method's parameters are wrong: a bad cursor, a missing name, prompt arguments that do not fit.",
  INVALID_ARGUMENTS: "A tool's arguments do not fit its `input`, or a legacy client's answer does not fit the form.",
  RESOURCE_NOT_FOUND: "There is no resource at this URI.",
  NOT_FOUND: "There is no tool or prompt of this name.",
  HEADER_MISMATCH: "An HTTP header that mirrors the body says something else.",
  CLIENT_CAPABILITY_MISSING: "The call needs something that the client did not declare, such as elicitation.",
  UNSUPPORTED_VERSION: "The protocol version is not served.",
  INVALID_REQUEST_STATE: "The request state of a retried call is not ours, not for this call, or expired.",
  UNAUTHENTICATED: "It is not known who calls.",
  FORBIDDEN: "It is known who calls, and they may not.",
  TIMEOUT: "The call, or the answer to a question, took too long.",
  CONFLICT: "A name or a port is taken.",
  TOO_LARGE: "A read or a request state is larger than allowed.",
  RATE_LIMITED: "The caller has had as much as one caller may have.",
  CANCELLED: "The client cancelled or went away.",
  UNAVAILABLE: "The server is starting, stopping or full, or a service did not start.",
  FAILED: "What was asked cannot be done; the default of `fail()`.",
  INVALID_OUTPUT: "A handler returned what its `output` schema or JSON does not allow: a bug of the server.",
  MISUSE: "Plinth was used in a way that cannot work: a bug of the server.",
  INTERNAL: "Anything else that was thrown.",
};

/** The page of all error codes, rendered from the table that the server uses. */
export function renderErrorCodePage(): string {
  const rows = Object.entries(errorCodes).map(([code, entry]) => [
    `\`${code}\``,
    String(entry.rpc),
    entry.http === undefined ? "" : String(entry.http),
    entry.surface === "tool" ? "model" : "program",
    entry.expose ? "shown" : "masked",
    entry.retryable ? "yes" : "",
    meanings[code as ErrorCode],
  ]);
  const head = ["Code", "JSON-RPC", "HTTP", "Failed tool call", "Message", "Retry", "When"];
  return [
    "# Error codes",
    "",
    "Rendered from the table in `@plinth/core` by `node scripts/write-reference.ts`; a test keeps it current. Codes are stable,",
    "messages are not. How to use them is in the [guide](../guides/errors.md).",
    "",
    "- **HTTP**: the status of a refusal. Without one the answer keeps its status, and the error is in the body.",
    '- **Failed tool call**: `model` is an answer with `isError` and the code in `_meta["dev.plinth/error"]`; `program` is a JSON-RPC',
    "  error. Outside tool calls every error is a JSON-RPC error.",
    "- **Message**: whether clients see it unless the error says otherwise (`expose`). A masked one is replaced by a request id.",
    "- **Retry**: whether the same call may succeed later.",
    "",
    "Numbers of our own are `-31000` minus an HTTP status, outside the ranges that JSON-RPC and MCP reserve.",
    "",
    ...[head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`),
    "",
  ].join("\n");
}
