import { resolve } from "node:path";
import { printable, type ConfigProblem } from "@plinth/config";
import { isLoopback } from "@plinth/core";
import type { ProductionConfig } from "./production-config.ts";

/** What the settings have to fit. */
export interface Circumstances {
  readonly transport: "stdio" | "http";
  /** Whether code was given that finds out who calls. */
  readonly authenticates: boolean;
  /** Whether it is about to listen, so that code has nothing to add any more. @default false */
  readonly listens?: boolean;
}

/** Says that a setting's value does not go with others, and what to do. */
export type TellProblem = (key: string, value: unknown, message: string) => void;

/**
 * Settings that are right one by one and wrong together: they would open the server by accident, break the protocol, or
 * promise something that does not happen.
 *
 * @returns one problem each, with the remedy; none when all is well
 */
export function combinationProblems(config: ProductionConfig, circumstances: Circumstances): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const refuse: TellProblem = (key, value, message) => {
    problems.push({ kind: "invalid", setting: key, name: key, value: printable(value), message });
  };
  if (circumstances.transport === "stdio") stdioProblems(config, refuse);
  else httpProblems(config, circumstances, refuse);
  tenancyProblems(config, circumstances, refuse);
  const { log, audit } = config;
  if (audit.file !== undefined && log.file !== undefined && resolve(audit.file) === resolve(log.file)) {
    refuse(
      "audit.file",
      audit.file,
      "is the file of the log as well, whose lines break the chain; give it one of its own",
    );
  }
  return problems;
}

function stdioProblems({ log, metrics }: ProductionConfig, refuse: TellProblem): void {
  if (log.output === "stdout" && log.file === undefined) {
    refuse(
      "log.output",
      log.output,
      "under stdio, stdout carries the protocol and nothing else; use stderr or log.file",
    );
  }
  if (metrics.mode === "on" && metrics.place === "main-port") {
    refuse("metrics.place", metrics.place, "under stdio there is no main port; use own-port");
  }
}

function httpProblems(
  { http, metrics }: ProductionConfig,
  { authenticates, listens = false }: Circumstances,
  refuse: TellProblem,
): void {
  if (!isLoopback(http.host) && !authenticates && !http.anonymous) {
    refuse(
      "http.host",
      http.host,
      "other machines can reach it, and nothing authenticates callers; pass `authenticate`, listen on 127.0.0.1, or " +
        "set http.anonymous to let everybody call",
    );
  }
  if (listens && !isLoopback(http.host) && http.allowedHosts.length === 0) {
    refuse(
      "http.allowedHosts",
      http.allowedHosts,
      `http.host ${printable(http.host)} can be reached from other machines; list the names that clients use, such as ` +
        "mcp.example.com, or write any if a proxy in front checks the Host header",
    );
  }
  if (http.requestIdHeader !== undefined && http.trustedProxies.length === 0) {
    refuse(
      "http.requestIdHeader",
      http.requestIdHeader,
      "any client could send it; list the proxies that are believed in http.trustedProxies",
    );
  }
  if (http.trustedProxies.some((range) => range.endsWith("/0"))) {
    refuse(
      "http.trustedProxies",
      http.trustedProxies,
      "believes everybody, so that any client can say it is another; list the addresses of your proxies",
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
  if (metrics.mode === "off") return;
  if (metrics.place === "main-port" && !authenticates) {
    refuse(
      "metrics.place",
      metrics.place,
      "nothing authenticates callers, so that everybody would read them; pass `authenticate`, or use own-port",
    );
  }
  if (metrics.place === "own-port" && metrics.port !== 0 && metrics.port === http.port) {
    refuse("metrics.port", metrics.port, "is the port of MCP as well; give the metrics one of their own");
  }
}

function tenancyProblems(
  { http, limits, tenancy }: ProductionConfig,
  { authenticates }: Circumstances,
  refuse: TellProblem,
): void {
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
}
