import { printable } from "@plinth/config";
import { isLoopback } from "@plinth/core";
import type { Circumstances } from "./combination-problems.ts";
import type { ProductionConfig } from "./production-config.ts";
import { wantsTracing } from "./tracing.ts";

/** What a risk depends on. */
export interface RiskCircumstances extends Circumstances {
  /** Whether the server itself speaks TLS. */
  readonly tls: boolean;
}

/**
 * Settings that somebody may want, and that somebody should know of: one sentence each, which names setting, value and
 * remedy. No secret is in it.
 */
export function riskySettings(config: ProductionConfig, circumstances: RiskCircumstances): readonly string[] {
  const risks: string[] = [];
  const warn = (key: string, value: unknown, message: string): void => {
    risks.push(`${key}=${printable(value)}: ${message}`);
  };
  const isPublic = circumstances.transport === "http" && !isLoopback(config.http.host);
  if (isPublic) publicRisks(config, circumstances, warn);
  const { audit, metrics, tenancy } = config;
  const measures = metrics.mode === "on" || (metrics.mode === "auto" && circumstances.transport === "http");
  if (measures && metrics.place === "own-port" && !isLoopback(metrics.host)) {
    warn("metrics.host", metrics.host, "whoever reaches it reads the metrics; keep it to the scraper's network");
  }
  if (measures && metrics.place === "main-port" && tenancy.source !== "off") {
    warn("metrics.place", metrics.place, "callers of every tenant read the metrics of all; use own-port");
  }
  if (audit.file === undefined && audit.key !== undefined) {
    warn("audit.key", "[secret]", "nothing is recorded without a file; set audit.file");
  }
  if (audit.file !== undefined && audit.key === undefined) {
    warn("audit.file", audit.file, "whoever can write it can forge the chain; set audit.key");
  }
  if (audit.file !== undefined && audit.onError === "allow") {
    warn("audit.onError", audit.onError, "calls run that are recorded nowhere while it cannot be written; use refuse");
  }
  const collector = wantsTracing(config) ? plainCollector() : undefined;
  if (collector !== undefined) {
    warn("OTEL_EXPORTER_OTLP_ENDPOINT", collector, "spans travel in clear text to another machine; use https");
  }
  return risks;
}

function publicRisks(
  config: ProductionConfig,
  { authenticates, tls }: RiskCircumstances,
  warn: (key: string, value: unknown, message: string) => void,
): void {
  const { http, limits, tracing } = config;
  const isAlone = http.trustedProxies.length === 0;
  if (!authenticates) warn("http.anonymous", http.anonymous, "everybody who reaches the server may call");
  if (http.allowedHosts.includes("any") && isAlone) {
    warn(
      "http.allowedHosts",
      http.allowedHosts,
      "no Host header is checked; list the names that clients use, or the proxy that checks in http.trustedProxies",
    );
  }
  if (authenticates && isAlone && !tls) {
    warn(
      "http.host",
      http.host,
      "credentials travel in clear text, unless a proxy with TLS is in front; list it in http.trustedProxies",
    );
  }
  if (limits.requestsPerMinute === 0) {
    warn("limits.requestsPerMinute", 0, "one caller may take all that the server can do; set a limit");
  }
  if (!authenticates && wantsTracing(config) && tracing.incoming === "continue") {
    warn("tracing.incoming", tracing.incoming, "strangers decide which calls are recorded; use link");
  }
}

/** The collector on another machine that is spoken to without TLS: scheme and host, since a URL can hold a password. */
function plainCollector(): string | undefined {
  const { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: own, OTEL_EXPORTER_OTLP_ENDPOINT: shared } = process.env;
  const text = own || shared || "";
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, host } = new URL(text);
  return protocol === "http:" && !isLoopback(hostname.replace(/^\[|\]$/g, "")) ? `${protocol}//${host}` : undefined;
}
