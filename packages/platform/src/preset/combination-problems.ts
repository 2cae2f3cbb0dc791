import { printable, type ConfigProblem } from "@plinth/config";
import { isLoopback } from "@plinth/core";
import type { ProductionConfig } from "./production-config.ts";

/** What the settings have to fit. */
export interface Circumstances {
  readonly transport: "stdio" | "http";
  /** Whether code was given that finds out who calls. */
  readonly authenticates: boolean;
}

/**
 * Settings that are right one by one and wrong together: they would open the server by accident, break the protocol, or
 * promise something that does not happen.
 *
 * @returns one problem each, with the remedy; none when all is well
 */
export function combinationProblems(
  config: ProductionConfig,
  { transport, authenticates }: Circumstances,
): readonly ConfigProblem[] {
  const { http, log, metrics, limits, tenancy } = config;
  const problems: ConfigProblem[] = [];
  const refuse = (key: string, value: unknown, message: string): void => {
    problems.push({ kind: "invalid", setting: key, name: key, value: printable(value), message });
  };

  if (transport === "stdio" && log.output === "stdout" && log.file === undefined) {
    refuse(
      "log.output",
      log.output,
      "under stdio, stdout carries the protocol and nothing else; use stderr or log.file",
    );
  }
  if (transport === "http") {
    if (!isLoopback(http.host) && !authenticates && !http.anonymous) {
      refuse(
        "http.host",
        http.host,
        "other machines can reach it, and nothing authenticates callers; pass `authenticate`, listen on 127.0.0.1, or " +
          "set http.anonymous to let everybody call",
      );
    }
    if (http.requestIdHeader !== undefined && http.trustedProxies.length === 0) {
      refuse(
        "http.requestIdHeader",
        http.requestIdHeader,
        "any client could send it; list the proxies that are believed in http.trustedProxies",
      );
    }
    if (http.corsOrigins.includes("*")) {
      refuse(
        "http.corsOrigins",
        http.corsOrigins,
        "every page that a user visits could call with the user's credentials; list the origins, such as " +
          "https://app.example.com",
      );
    }
    if (metrics.mode !== "off" && metrics.port !== 0 && metrics.port === http.port) {
      refuse("metrics.port", metrics.port, "is the port of MCP as well; give the metrics one of their own");
    }
  }
  if (tenancy.source !== "off" && !authenticates) {
    refuse(
      "tenancy.source",
      tenancy.source,
      "without authentication every caller could name any tenant; pass `authenticate`",
    );
  }
  if (tenancy.source === "path" && !http.path.split("/").includes("{tenant}")) {
    refuse("http.path", http.path, "has no tenant in it; write it like /tenants/{tenant}/mcp");
  }
  if (tenancy.source === "off" && limits.per.includes("tenant")) {
    refuse("limits.per", limits.per, "counts by tenant, but tenancy.source is off; set it, or count by principal");
  }
  return problems;
}
