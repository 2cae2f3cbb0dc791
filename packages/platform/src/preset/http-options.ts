import type { HttpOptions } from "@plinth/core";
import type { ProductionConfig } from "./production-config.ts";

/** The settings of HTTP as core takes them. */
export function toHttpOptions(
  { http, timeouts }: ProductionConfig,
  authenticate: HttpOptions["authenticate"],
): HttpOptions {
  return {
    host: http.host,
    port: http.port,
    path: http.path,
    maxBodyBytes: http.bodyLimit,
    headersTimeoutMs: timeouts.headers,
    requestTimeoutMs: timeouts.request,
    drainMs: timeouts.drain,
    sessions: { idleMs: timeouts.idleSession },
    ...(http.allowedHosts.length > 0 && {
      allowedHosts: http.allowedHosts.includes("any") ? "any" : http.allowedHosts,
    }),
    ...(http.corsOrigins.length > 0 && { cors: http.corsOrigins }),
    ...(authenticate !== undefined && { authenticate }),
  };
}
