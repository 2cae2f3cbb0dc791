export { classifyAddress, type AddressClass } from "./address/classify-address.ts";
export { createUrlFetcher, type UrlFetcher, type UrlFetcherStats } from "./create-url-fetcher.ts";
export type { Connect, ConnectTarget } from "./dialing/connect.ts";
export type { Resolver } from "./dialing/resolver.ts";
export {
  failureDetail,
  UrlFetchError,
  type FailureDetail,
  type FailureReason,
  type UrlFetchErrorCode,
  type UrlFetchErrorFacts,
} from "./errors/url-fetch-error.ts";
export { UrlPolicyError } from "./errors/url-policy-error.ts";
export type { FetchInit } from "./exchange/fetch-request.ts";
export type { FetchResponse } from "./exchange/fetch-response.ts";
export type { RequestBody } from "./exchange/request-body.ts";
export type {
  BreakerChanged,
  FetchEvent,
  FetchFailed,
  FetchFinished,
  FetchRedirected,
  FetchRetried,
  FetchSubject,
} from "./fetch-event.ts";
export type { HeadersInput } from "./policy/header-rule.ts";
export type {
  BreakerPolicy,
  ConcurrencyPolicy,
  LimitsPolicy,
  ProxyPolicy,
  RateLimitPolicy,
  OutgoingRequest,
  RequestHeadersPolicy,
  ResponseHeadersPolicy,
  RetryPolicy,
  TimeoutsPolicy,
  TlsPolicy,
  UrlFetcherPolicy,
} from "./policy/url-fetcher-policy.ts";
export { memoryRateLimitStore, type MemoryRateLimitStoreOptions } from "./traffic/memory-rate-limit-store.ts";
export type { RateLimitDecision, RateLimitStore, TokenBucket } from "./traffic/rate-limit-store.ts";
