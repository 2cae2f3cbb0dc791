/**
 * Names of the OpenTelemetry semantic conventions for MCP (open-telemetry/semantic-conventions-genai, `docs/gen-ai/mcp.md`,
 * status Development). Written out, because a package of constants for a dozen names is one more to follow; a test
 * compares them with `@opentelemetry/semantic-conventions`.
 */
export const attributeNames = {
  method: "mcp.method.name",
  protocolVersion: "mcp.protocol.version",
  sessionId: "mcp.session.id",
  messageId: "jsonrpc.request.id",
  resourceUri: "mcp.resource.uri",
  toolName: "gen_ai.tool.name",
  promptName: "gen_ai.prompt.name",
  operation: "gen_ai.operation.name",
  networkTransport: "network.transport",
  networkProtocol: "network.protocol.name",
  errorType: "error.type",
  statusCode: "rpc.response.status_code",
  /** Ours: the request id of logs and of masked errors. */
  requestId: "plinth.request.id",
  /** Ours: a code of the error table, such as `RATE_LIMITED`. */
  errorCode: "plinth.error.code",
  /** Ours. */
  tenant: "plinth.tenant",
} as const;
