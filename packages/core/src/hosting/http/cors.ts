import type { Exchange } from "./exchange.ts";
import { refusal } from "./refusal.ts";

/** Response headers that a page's script may read. */
const exposedHeaders = "Mcp-Session-Id, MCP-Protocol-Version, WWW-Authenticate, Retry-After";

/** Request headers that a page's script may send, besides `Mcp-Param-*`. */
const allowedHeaders: readonly string[] = [
  "accept",
  "authorization",
  "content-type",
  "last-event-id",
  "mcp-method",
  "mcp-name",
  "mcp-protocol-version",
  "mcp-session-id",
];

/** Seconds for which browsers remember a preflight. */
const preflightMaxAgeSeconds = 600;

/**
 * Adds the CORS headers for an allowed origin, so that refusals too can be read by the page. Answers a preflight and
 * tells so. The origin must be one of `origins`: a page of any other one reads nothing.
 */
export function applyCors(exchange: Exchange, origins: ReadonlySet<string>, methods: readonly string[]): boolean {
  const { headers, method } = exchange.request;
  const { response } = exchange;
  response.setHeader("vary", "Origin");
  const { origin } = headers;
  const isAllowed = origin !== undefined && origins.has(origin.toLowerCase());
  if (isAllowed) {
    response.setHeader("access-control-allow-origin", origin);
    response.setHeader("access-control-expose-headers", exposedHeaders);
  }
  if (method !== "OPTIONS" || headers["access-control-request-method"] === undefined) return false;
  if (!isAllowed) {
    exchange.refuse(refusal(403, "This origin is not allowed here"));
    return true;
  }
  response.writeHead(204, {
    "access-control-allow-methods": methods.join(", "),
    "access-control-allow-headers": grantedHeaders(headers["access-control-request-headers"]).join(", "),
    "access-control-max-age": String(preflightMaxAgeSeconds),
  });
  response.end();
  return true;
}

/** CORS knows no `Mcp-Param-*` wildcard, so the ones that were asked for are named. */
function grantedHeaders(asked: string | undefined): string[] {
  const names = (asked ?? "").split(",").map((name) => name.trim().toLowerCase());
  const parameters = names.filter((name) => /^mcp-param-[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(name));
  return [...allowedHeaders, ...parameters];
}
