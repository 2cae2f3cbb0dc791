/** One HTTP request as bytes on the wire, mistakes included. */
export interface WireRequest {
  readonly method: string;
  /** The request target. */
  readonly target: string;
  /** As sent, in order; `host` and the framing of the body come on top unless they are here. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body?: string | Buffer | undefined;
}

/** Header values by name; `undefined` leaves a header out, a list sends it several times. */
export type HeaderChanges = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A JSON object. */
export type Json = Readonly<Record<string, unknown>>;

/** The revisions that a legacy client may name. */
export const legacyVersions = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05", "2024-10-07"] as const;

/** The envelope of a modern request (MCP 2026-07-28, basic, `_meta`), with all that a client can do. */
export const envelope: Json = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientInfo": { name: "corpus", version: "1.0.0" },
  "io.modelcontextprotocol/clientCapabilities": { elicitation: { form: {}, url: {} }, sampling: {}, roots: {} },
};

/** Options for {@link modernRequest} and {@link legacyRequest}. */
export interface RequestOptions {
  /** JSON-RPC id. @default 1 */
  readonly id?: unknown;
  /** Members of `_meta`, besides the envelope in the modern era. */
  readonly meta?: Json;
  readonly headers?: HeaderChanges;
  /** The whole body instead of the one that fits. */
  readonly body?: unknown;
}

/** A POST of MCP 2026-07-28 with every header it needs. */
export function modernRequest(method: string, params: Json = {}, options: RequestOptions = {}): WireRequest {
  const { id = 1, meta = {}, headers = {}, body } = options;
  const name = params["name"] ?? params["uri"] ?? params["taskId"];
  return post(body ?? { jsonrpc: "2.0", id, method, params: { ...params, _meta: { ...envelope, ...meta } } }, {
    "MCP-Protocol-Version": "2026-07-28",
    "Mcp-Method": method,
    "Mcp-Name": typeof name === "string" ? toHeaderValue(name) : undefined,
    ...headers,
  });
}

/** A POST of MCP 2025-11-25 and before, without a session. */
export function legacyRequest(method: string, params?: Json, options: RequestOptions = {}): WireRequest {
  const { id = 1, meta, headers = {}, body } = options;
  const sent = meta === undefined ? params : { ...params, _meta: meta };
  return post(body ?? { jsonrpc: "2.0", id, method, ...(sent !== undefined && { params: sent }) }, {
    "MCP-Protocol-Version": "2025-11-25",
    ...headers,
  });
}

/** A POST with the headers that every client sends. A string or bytes are the body as it is. */
export function post(body: unknown, headers: HeaderChanges = {}): WireRequest {
  return {
    method: "POST",
    target: "/mcp",
    headers: toList({
      "Content-Type": "application/json",
      Accept: "application/json, text/event-stream",
      ...headers,
    }),
    body: typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body),
  };
}

/** A request without a body. */
export function bare(method: string, headers: HeaderChanges = {}, target = "/mcp"): WireRequest {
  return { method, target, headers: toList(headers) };
}

/** The bytes of a request. Header values are Latin-1, as HTTP has them. */
export function toBytes({ method, target, headers, body = "" }: WireRequest): Buffer {
  const payload = typeof body === "string" ? Buffer.from(body) : body;
  const given = new Set(headers.map(([name]) => name.toLowerCase()));
  const lines = [`${method} ${target} HTTP/1.1`, ...headers.map(([name, value]) => `${name}: ${value}`)];
  if (!given.has("host")) lines.push("Host: localhost");
  if (!given.has("content-length") && !given.has("transfer-encoding") && (method === "POST" || payload.length > 0)) {
    lines.push(`Content-Length: ${payload.length}`);
  }
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), payload]);
}

/** A value as an MCP header carries it (MCP 2026-07-28, Streamable HTTP, value encoding). */
function toHeaderValue(value: string): string {
  const isPlain = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(value) && !/^=\?base64\?.*\?=$/.test(value);
  return isPlain ? value : `=?base64?${Buffer.from(value).toString("base64")}?=`;
}

function toList(headers: HeaderChanges): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]) => {
    if (value === undefined) return [];
    return typeof value === "string"
      ? [[name, value] as [string, string]]
      : value.map((one): [string, string] => [name, one]);
  });
}
