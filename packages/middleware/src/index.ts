// In the order in which they are to be put around a call, outermost first.

// Which call it is, and what is written down about it.
export { requestId, type RequestIdOptions } from "./identity/request-id.ts";
export { accessLog, type AccessLogOptions } from "./records/access-log.ts";
export { errorMapping, type ErrorMappingOptions } from "./records/error-mapping.ts";
export type { ErrorRule } from "./records/error-rule.ts";
export { postgresErrors, systemErrors } from "./records/error-rules.ts";
export { createRedactor, type Redactor, type RedactorOptions } from "@plinth/redaction";

// For whom it is, what he sees, and the record of it.
export { tenancy, type TenancyOptions } from "./identity/tenancy.ts";
export { tenantSettings, type HiddenEntries, type TenantSettings } from "./identity/tenant-settings.ts";
export { visibility, type VisibilityOptions } from "./identity/visibility.ts";
export { audit, type AuditOptions } from "./records/audit.ts";
export { createAuditLog, type AuditLog, type AuditLogOptions } from "./records/audit-log.ts";
export type { AuditHead, AuditKey } from "./records/audit-chain.ts";
export { callbackAuditSink, stderrAuditSink, type AuditSink, type AuditTail } from "./records/audit-sink.ts";
export { fileAuditSink, type FileAuditSinkOptions } from "./records/file-audit-sink.ts";
export { verifyAuditLog, type AuditVerdict, type VerifyAuditLogOptions } from "./records/verify-audit-log.ts";

// What is let in.
export { rateLimit, type RateLimitOptions } from "./admission/rate-limit.ts";
export type { RateLimitRule } from "./admission/rate-limit-rule.ts";
export type { LimitDimension, LimitKey } from "./admission/limit-scope.ts";
export type { CallCost } from "./admission/call-cost.ts";
export type { CallLimit } from "./admission/call-limit.ts";
export type { ClientAddressOptions } from "./identity/client-address.ts";
export type { RateLimitCharge, RateLimitDecision, RateLimitStore, TokenBucket } from "./stores/rate-limit-store.ts";
export {
  memoryRateLimitStore,
  type MemoryRateLimitStore,
  type MemoryRateLimitStoreOptions,
} from "./stores/memory-rate-limit-store.ts";
export { inputGuard, type InputGuardOptions } from "./admission/input-guard.ts";
export { concurrencyLimit, type ConcurrencyLimitOptions } from "./admission/concurrency-limit.ts";

// What need not run again.
export { idempotency, type IdempotencyOptions } from "./results/idempotency.ts";
export type {
  IdempotencyAnswer,
  IdempotencyClaim,
  IdempotencyOutcome,
  IdempotencyStore,
} from "./stores/idempotency-store.ts";
export { memoryIdempotencyStore, type MemoryIdempotencyStoreOptions } from "./stores/memory-idempotency-store.ts";
export { cache, type CacheMiddleware, type CacheOptions } from "./results/cache.ts";
export type { CacheScope } from "./results/cache-key.ts";
export type { CacheLookup, CacheStore, CacheStored, NewCacheEntry } from "./stores/cache-store.ts";
export { memoryCacheStore, type MemoryCacheStoreOptions } from "./stores/memory-cache-store.ts";

// What happens when something is down, slow, fails, or answers too much.
export { serviceGuard, type ServiceGuardOptions } from "./admission/service-guard.ts";
export { circuitBreaker, type CircuitBreakerOptions } from "./resilience/circuit-breaker.ts";
export { timeout, type TimeoutOptions } from "./resilience/timeout.ts";
export { retry, type RetryOptions } from "./resilience/retry.ts";
export { responseLimit, type ResponseLimitOptions } from "./results/response-limit.ts";
