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

/** The options of the settings, and those that code gives besides: they count more, and routes are added. */
export function mergeHttpOptions(settings: HttpOptions, given: HttpOptions): HttpOptions {
  return {
    ...settings,
    ...given,
    sessions: { ...settings.sessions, ...given.sessions },
    routes: [...(settings.routes ?? []), ...(given.routes ?? [])],
  };
}

/** The settings as they are once code has had its say, so that what is wrong together is found there too. */
export function withHttpOptions(config: ProductionConfig, options: HttpOptions): ProductionConfig {
  const { host, port, path, allowedHosts, cors } = options;
  return {
    ...config,
    http: {
      ...config.http,
      ...(host !== undefined && { host }),
      ...(port !== undefined && { port }),
      ...(path !== undefined && { path }),
      ...(allowedHosts !== undefined && { allowedHosts: allowedHosts === "any" ? ["any"] : [...allowedHosts] }),
      ...(cors !== undefined && { corsOrigins: [...cors] }),
    },
  };
}
