/** The order in which the parts of a production server stand around its handlers; see `docs/decisions/production-stack.md`. */
import type { HealthReport, Middleware } from "@plinth/core";
import {
  accessLog,
  audit,
  cache,
  circuitBreaker,
  concurrencyLimit,
  errorMapping,
  idempotency,
  inputGuard,
  memoryCacheStore,
  rateLimit,
  requestId,
  responseLimit,
  retry,
  postgresErrors,
  serviceGuard,
  systemErrors,
  tenancy,
  timeout,
  visibility,
  type AuditLog,
  type TenancyOptions,
} from "@plinth/middleware";
import type { ProductionConfig } from "./production-config.ts";
import type { StackOptions } from "./stack-options.ts";

/** A part of the stack: a name for the startup line, and what it does if it is on. */
export interface StackPart {
  readonly name: string;
  /** Absent when the part is off. */
  readonly middleware?: Middleware | undefined;
}

/** What the stack is made from, besides the settings. */
export interface StackIngredients {
  readonly transport: "stdio" | "http";
  readonly options: StackOptions;
  /** Names of the services. */
  readonly services: readonly string[];
  readonly health: () => Promise<HealthReport>;
  readonly tracing: Middleware | undefined;
  readonly metrics: Middleware | undefined;
  readonly stalls: Middleware | undefined;
  readonly auditLog: AuditLog | undefined;
}

/** Every part, outermost first. */
export function productionStack(config: ProductionConfig, ingredients: StackIngredients): readonly StackPart[] {
  const { http, limits, resilience, timeouts, log, tenancy: tenants, cache: keeping, audit: auditing } = config;
  const { transport, options, services, health, tracing, metrics, stalls, auditLog } = ingredients;
  const { requestIdHeader } = http;
  const overHttp = transport === "http";
  const part = (name: string, isOn: boolean, make: () => Middleware | undefined): StackPart => ({
    name,
    middleware: isOn ? make() : undefined,
  });
  return [
    part("stall-watch", stalls !== undefined, () => stalls),
    part("request-id", requestIdHeader !== undefined, () =>
      requestId({ header: requestIdHeader ?? "", trustedProxies: http.trustedProxies }),
    ),
    part("tracing", tracing !== undefined, () => tracing),
    part("access-log", log.calls, () => accessLog(options.accessLog)),
    part("metrics", metrics !== undefined, () => metrics),
    part("error-mapping", true, () =>
      errorMapping({ rules: [...(options.errorRules ?? []), systemErrors, postgresErrors] }),
    ),
    part("tenancy", tenants.source !== "off", () => tenancy(tenancyOptions(config, options))),
    part("visibility", options.visibility !== undefined || options.tenants !== undefined, () =>
      visibility(options.visibility),
    ),
    part("audit", auditLog !== undefined, () => auditLog && audit({ log: auditLog, onSinkError: auditing.onError })),
    part("rate-limit", overHttp && limits.requestsPerMinute > 0, () =>
      rateLimit({
        limits: { perMinute: limits.requestsPerMinute, burst: limits.burst, by: limits.per },
        trustedProxies: http.trustedProxies,
        ...options.rateLimit,
      }),
    ),
    part("input-guard", true, () =>
      inputGuard({
        maxDepth: limits.argumentDepth,
        maxElements: limits.argumentElements,
        maxKeys: limits.argumentElements,
        maxBytes: http.bodyLimit,
        maxTextLength: http.bodyLimit,
      }),
    ),
    part("concurrency-limit", true, () =>
      concurrencyLimit({
        total: limits.concurrency,
        perTool: limits.toolConcurrency,
        maxWaiting: limits.queue,
        maxWaitMs: limits.queueTime,
        trustedProxies: http.trustedProxies,
        ...options.concurrencyLimit,
      }),
    ),
    part("idempotency", resilience.idempotency, () =>
      idempotency({ trustedProxies: http.trustedProxies, ...options.idempotency }),
    ),
    part("cache", keeping.ttl > 0 || options.cache !== undefined, () =>
      cache({ ttlMs: keeping.ttl, store: memoryCacheStore({ maxBytes: keeping.size }), ...options.cache }),
    ),
    part("service-guard", services.length > 0, () => serviceGuard({ health })),
    part("circuit-breaker", resilience.breaker, () => circuitBreaker(options.circuitBreaker)),
    part("timeout", true, () => timeout({ ms: timeouts.call })),
    part("retry", resilience.retries > 0, () => retry({ attempts: resilience.retries + 1 })),
    part("response-limit", true, () => responseLimit({ maxBytes: limits.responseSize })),
  ];
}

function tenancyOptions(
  { http, tenancy: { source, name, required } }: ProductionConfig,
  { tenants }: StackOptions,
): TenancyOptions {
  const from = source === "path" ? { path: http.path } : source === "header" ? { header: name } : { claim: name };
  return { ...from, required, ...(tenants !== undefined && { tenants }) };
}
