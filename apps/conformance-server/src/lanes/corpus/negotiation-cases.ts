import { bare, envelope, legacyRequest, modernRequest, post } from "../wire-request.ts";
import { laneCase, type LaneCase } from "./lane-case.ts";

/** Content negotiation, media types, sources, credentials. */
export function* negotiationCases(): Generator<LaneCase> {
  const accepts = [
    undefined,
    "",
    "*/*",
    "application/json",
    "text/event-stream",
    "application/json, text/event-stream",
    "text/event-stream,application/json",
    "application/json;q=0, text/event-stream;q=0",
    "application/json;q=0.5, text/event-stream;q=1.0",
    "Application/JSON, Text/Event-Stream",
    "application/json-seq, text/event-streams",
    "text/html, application/*",
    "xapplication/jsontext/event-streamx",
    ["application/json", "text/event-stream"],
    "application/json; charset=utf-8, text/event-stream, */*;q=0.1",
  ];
  const types = [
    undefined,
    "",
    "application/json",
    "Application/JSON",
    "application/json; charset=utf-8",
    "application/json;charset=UTF-16",
    "application/json;",
    "application/json ;",
    "application/json; charset=",
    'application/json; a="b,c"',
    'application/json; a="b',
    "application/json, text/plain",
    "application/json; x, text/plain",
    "application/json; charset=utf-8, text/plain",
    "application/jsonx",
    "application/json+x",
    "application/vnd.api+json",
    "text/json",
    "text/plain",
    "*/*",
    "application/x-www-form-urlencoded",
    ["application/json", "application/json"],
  ];
  const requests = [
    ["modern", modernRequest("tools/list")],
    ["modern notifying", modernRequest("tools/call", { name: "progress" }, { meta: { progressToken: 1 } })],
    ["legacy", legacyRequest("tools/list")],
    ["legacy notifying", legacyRequest("tools/call", { name: "progress" }, { meta: { progressToken: 1 } })],
    ["notification", post({ jsonrpc: "2.0", method: "notifications/initialized" })],
    [
      "initialize",
      legacyRequest("initialize", {
        protocolVersion: "2025-11-25",
        capabilities: {},
        clientInfo: { name: "c", version: "1" },
      }),
    ],
  ] as const;
  const variants: readonly (readonly [string, readonly (string | readonly string[] | undefined)[]])[] = [
    ["Accept", accepts],
    ["Content-Type", types],
    ["Content-Encoding", ["identity", "gzip", "", "Identity"]],
    ["Accept-Encoding", ["gzip", "br", "identity", "*", "gzip;q=0"]],
    ["Origin", ["https://app.example", "https://evil.example", "null", "http://localhost:5173", ""]],
    [
      "Host",
      [
        "localhost",
        "127.0.0.1:80",
        "[::1]",
        "evil.example",
        "256.256.256.256",
        "a b",
        "",
        "localhost:99999",
        "xn--a",
        "1.2.3.4.5",
        "0x7f.1",
      ],
    ],
    [
      "Authorization",
      [
        undefined,
        "Bearer ada",
        "Bearer alan",
        "Bearer nobody",
        "Bearer banned",
        "Bearer broken",
        "Basic x",
        ["Bearer ada", "Bearer alan"],
      ],
    ],
    ["Connection", ["close", "keep-alive"]],
    ["Expect", ["100-continue"]],
    ["X-HTTP-Method-Override", ["DELETE"]],
  ];
  for (const [kind, request] of requests) {
    for (const [name, values] of variants) {
      for (const value of values) {
        const kept = request.headers.filter(([other]) => other !== name);
        const list = value === undefined ? [] : typeof value === "string" ? [value] : value;
        const changed = { ...request, headers: [...kept, ...list.map((one) => [name, one] as const)] };
        for (const host of name === "Authorization"
          ? (["sessions", "authenticated"] as const)
          : (["sessions", "stateless", "pages"] as const)) {
          yield laneCase(`${kind} with ${name}: ${JSON.stringify(value)}`, changed, host);
        }
      }
    }
  }
  for (const method of ["GET", "DELETE", "HEAD", "OPTIONS", "PUT", "PATCH", "TRACE", "PROPFIND"]) {
    for (const host of ["sessions", "stateless", "off", "authenticated", "pages"] as const) {
      // The stream of a session that is open would not end.
      for (const session of [undefined, "unknown"]) {
        for (const accept of [undefined, "text/event-stream", "application/json"]) {
          const headers = { "Mcp-Session-Id": session, Accept: accept, "MCP-Protocol-Version": "2025-11-25" };
          yield laneCase(`${method} for session ${session}, accepting ${accept}`, bare(method, headers), host);
        }
      }
    }
  }
  for (const target of [
    "/mcp?",
    "/mcp?a=1",
    "/mcp?%",
    "/mcp/",
    "/MCP",
    "/other",
    "/healthz",
    "/readyz",
    "//mcp",
    "/mcp#x",
    "/%6dcp",
  ]) {
    const body = JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "tools/call",
      params: { name: "inspect", _meta: envelope },
    });
    const request = modernRequest("tools/call", { name: "inspect" }, { body });
    yield laneCase(`a request to ${target}`, { ...request, target });
  }
}
