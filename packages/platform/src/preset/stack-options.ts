import type {
  AccessLogOptions,
  CacheOptions,
  CircuitBreakerOptions,
  ConcurrencyLimitOptions,
  ErrorRule,
  IdempotencyOptions,
  RateLimitOptions,
  TenancyOptions,
  VisibilityOptions,
} from "@plinth/middleware";

/** What settings cannot say about the parts of the stack: functions, and stores that replicas share. */
export interface StackOptions {
  /** What becomes of errors of your own, before those that are known of Node, PostgreSQL and undici. */
  readonly errorRules?: readonly ErrorRule[];
  readonly accessLog?: AccessLogOptions;
  readonly rateLimit?: Pick<RateLimitOptions, "limits" | "cost" | "store" | "onStoreError" | "trustedProxies">;
  readonly concurrencyLimit?: Pick<ConcurrencyLimitOptions, "tools" | "perPrincipal">;
  readonly idempotency?: IdempotencyOptions;
  /** Turns the cache on, also while `cache.ttl` is 0. */
  readonly cache?: CacheOptions;
  readonly circuitBreaker?: CircuitBreakerOptions;
  /** The settings of a tenant; `undefined` for one that there is not. */
  readonly tenants?: TenancyOptions["tenants"];
  /** Turns on hiding parts of the catalog from callers. */
  readonly visibility?: VisibilityOptions;
}
