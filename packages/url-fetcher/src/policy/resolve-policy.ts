import { parseRange } from "../address/address-range.ts";
import type { AddressRule } from "../address/address-rule.ts";
import { wrongOption } from "../errors/url-policy-error.ts";
import type { HeaderRule } from "./header-rule.ts";
import { parseHosts } from "./host-list.ts";
import {
  checkedFlag,
  checkedNumber,
  checkedNumbers,
  checkedTexts,
  checkFunction,
  checkNames,
  ownOptions,
  longestTimerMs,
  type NumberRanges,
} from "./option-checks.ts";
import type {
  BreakerPolicy,
  ConcurrencyPolicy,
  LimitsPolicy,
  ProxyPolicy,
  RateLimitPolicy,
  RetryPolicy,
  TimeoutsPolicy,
  UrlFetcherPolicy,
} from "./url-fetcher-policy.ts";
import type { UrlRule } from "./url-rule.ts";

/** A policy that has been checked, copied and completed; nothing that the caller still holds changes it. */
export interface ResolvedPolicy {
  readonly url: UrlRule;
  readonly addresses: AddressRule;
  readonly headers: HeaderRule;
  readonly dropResponseHeaders: ReadonlySet<string>;
  readonly methods: ReadonlySet<string>;
  readonly redirects: number;
  readonly limits: Required<LimitsPolicy>;
  readonly timeouts: Required<TimeoutsPolicy>;
  readonly concurrency: Required<ConcurrencyPolicy>;
  readonly rateLimit: (RateLimitPolicy & { readonly perMs: number; readonly burst: number }) | undefined;
  readonly retry: Required<RetryPolicy> | undefined;
  readonly breaker: Required<BreakerPolicy> | undefined;
  readonly proxy: (ProxyPolicy & { readonly parsed: URL }) | undefined;
  readonly seams: Pick<UrlFetcherPolicy, "tls" | "resolver" | "connect" | "onEvent" | "outgoingHeaders">;
}

const known: readonly (keyof UrlFetcherPolicy)[] = [
  "schemes",
  "ports",
  "allowHosts",
  "denyHosts",
  "allowReservedHosts",
  "allowIpLiterals",
  "allowAddresses",
  "denyAddresses",
  "allowMetadata",
  "methods",
  "requestHeaders",
  "responseHeaders",
  "userAgent",
  "outgoingHeaders",
  "redirects",
  "limits",
  "timeouts",
  "concurrency",
  "rateLimit",
  "retry",
  "breaker",
  "proxy",
  "tls",
  "resolver",
  "connect",
  "onEvent",
];

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

const mebibyte = 2 ** 20;
const gibibyte = 2 ** 30;

const limitRanges: NumberRanges<keyof LimitsPolicy> = {
  url: { least: 1, most: 65_536, fallback: 8192 },
  requestHeaders: { least: 1, most: mebibyte, fallback: 16_384 },
  requestBody: { least: 0, most: gibibyte, fallback: 10 * mebibyte },
  responseHeaders: { least: 1, most: mebibyte, fallback: 16_384 },
  wire: { least: 1, most: gibibyte, fallback: 10 * mebibyte },
  decoded: { least: 1, most: gibibyte, fallback: 20 * mebibyte },
  ratio: { least: 1, most: gibibyte, fallback: 200 },
  codings: { least: 0, most: 5, fallback: 2 },
};

const timeoutRanges: NumberRanges<keyof TimeoutsPolicy> = {
  connect: { least: 1, most: longestTimerMs, fallback: 5000 },
  headers: { least: 1, most: longestTimerMs, fallback: 10_000 },
  idle: { least: 1, most: longestTimerMs, fallback: 10_000 },
  total: { least: 1, most: longestTimerMs, fallback: 30_000 },
};

const concurrencyRanges: NumberRanges<keyof ConcurrencyPolicy> = {
  global: { least: 1, most: 100_000, fallback: 128 },
  perHost: { least: 1, most: 100_000, fallback: 32 },
  queue: { least: 0, most: 100_000, fallback: 1024 },
};

const retryRanges: NumberRanges<keyof RetryPolicy> = {
  attempts: { least: 0, most: 10, fallback: 2 },
  baseMs: { least: 0, most: longestTimerMs, fallback: 200 },
  maxMs: { least: 0, most: longestTimerMs, fallback: 5000 },
};

const breakerRanges: NumberRanges<keyof BreakerPolicy> = {
  failures: { least: 1, most: 10_000, fallback: 10 },
  halfOpenAfterMs: { least: 1, most: longestTimerMs, fallback: 10_000 },
};

/**
 * Checks and completes a policy.
 * @throws UrlPolicyError naming the option, quoting its value
 */
export function resolvePolicy(given: UrlFetcherPolicy): ResolvedPolicy {
  checkNames("the policy", given, known);
  const policy = ownOptions(given);
  const limits = checkedNumbers("limits", policy.limits ?? {}, limitRanges);
  const addresses = resolveAddresses(policy);
  const { resolver, connect, onEvent, outgoingHeaders } = policy;
  for (const [name, value] of Object.entries({ resolver, connect, onEvent, outgoingHeaders })) {
    checkFunction(name, value);
  }
  const tls = policy.tls === undefined ? undefined : { ...policy.tls };
  if (tls !== undefined) checkNames("tls", tls, ["ca", "cert", "key"]);
  const seams = {
    ...(tls && { tls }),
    ...(resolver && { resolver }),
    ...(connect && { connect }),
    ...(onEvent && { onEvent }),
    ...(outgoingHeaders && { outgoingHeaders }),
  };
  return Object.freeze({
    url: resolveUrlRule(policy, { addresses, maxLength: limits.url }),
    addresses,
    headers: resolveHeaders(policy, { allowMetadata: addresses.allowMetadata, maxBytes: limits.requestHeaders }),
    dropResponseHeaders: resolveDropped(policy),
    methods: resolveMethods(policy.methods),
    redirects: checkedNumber("redirects", policy.redirects, { least: 0, most: 20, fallback: 5 }),
    limits,
    timeouts: checkedNumbers("timeouts", policy.timeouts ?? {}, timeoutRanges),
    concurrency: checkedNumbers("concurrency", policy.concurrency ?? {}, concurrencyRanges),
    rateLimit: policy.rateLimit === undefined ? undefined : resolveRateLimit(policy.rateLimit),
    retry: policy.retry === false ? undefined : checkedNumbers("retry", policy.retry ?? {}, retryRanges),
    breaker: policy.breaker === false ? undefined : checkedNumbers("breaker", policy.breaker ?? {}, breakerRanges),
    proxy: policy.proxy === undefined ? undefined : resolveProxy(policy.proxy),
    seams: Object.freeze(seams),
  });
}

function resolveAddresses({ allowAddresses, denyAddresses, allowMetadata }: UrlFetcherPolicy): AddressRule {
  const ranges = (name: string, texts: readonly string[] | undefined) =>
    checkedTexts(name, texts, []).map((text) => parseRange(name, text));
  return {
    allow: ranges("allowAddresses", allowAddresses),
    deny: ranges("denyAddresses", denyAddresses),
    allowMetadata: checkedFlag("allowMetadata", allowMetadata, false),
  };
}

function resolveUrlRule(
  policy: UrlFetcherPolicy,
  { addresses, maxLength }: Pick<UrlRule, "addresses" | "maxLength">,
): UrlRule {
  const schemes = checkedTexts("schemes", policy.schemes, ["https", "http"]);
  for (const scheme of schemes) {
    const isKnown = scheme === "http" || scheme === "https";
    if (!isKnown) throw wrongOption("An entry of schemes", scheme, 'use "https" or "http"');
  }
  const ports = policy.ports ?? [443, 80];
  if (!Array.isArray(ports)) throw wrongOption("ports", ports, "it must be an array of numbers");
  const portRange = { least: 1, most: 65_535, fallback: 0 };
  const hosts = (name: "allowHosts" | "denyHosts" | "allowReservedHosts") =>
    parseHosts(name, checkedTexts(name, policy[name], []));
  return {
    schemes: new Set(schemes),
    ports: new Set(ports.map((port: number) => checkedNumber("An entry of ports", port, portRange))),
    allowHosts: policy.allowHosts === undefined ? undefined : hosts("allowHosts"),
    denyHosts: hosts("denyHosts"),
    allowReservedHosts: hosts("allowReservedHosts"),
    allowIpLiterals: checkedFlag("allowIpLiterals", policy.allowIpLiterals, true),
    addresses,
    maxLength,
  };
}

function resolveHeaders(
  { requestHeaders = {}, userAgent = "plinth-url-fetcher" }: UrlFetcherPolicy,
  { allowMetadata, maxBytes }: Pick<HeaderRule, "allowMetadata" | "maxBytes">,
): HeaderRule {
  checkNames("requestHeaders", requestHeaders, ["allow", "deny"]);
  if (typeof userAgent !== "string" || !/^[\u0020-\u007e]+$/.test(userAgent)) {
    throw wrongOption("userAgent", userAgent, "use printable ASCII");
  }
  return {
    only: requestHeaders.allow === undefined ? undefined : headerNames("requestHeaders.allow", requestHeaders.allow),
    deny: headerNames("requestHeaders.deny", requestHeaders.deny ?? []),
    allowMetadata,
    userAgent,
    maxBytes,
  };
}

function resolveDropped({ responseHeaders = {} }: UrlFetcherPolicy): ReadonlySet<string> {
  checkNames("responseHeaders", responseHeaders, ["drop"]);
  return headerNames("responseHeaders.drop", responseHeaders.drop ?? ["set-cookie", "set-cookie2"]);
}

function headerNames(option: string, names: readonly string[]): ReadonlySet<string> {
  return new Set(
    checkedTexts(option, names, []).map((name) => {
      if (!token.test(name)) throw wrongOption(`An entry of ${option}`, name, 'use a name such as "accept"');
      return name.toLowerCase();
    }),
  );
}

function resolveMethods(methods: readonly string[] | undefined): ReadonlySet<string> {
  const listed = checkedTexts("methods", methods, ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]);
  for (const method of listed) {
    // CONNECT makes a tunnel past every rule; TRACE and TRACK send the credentials back.
    if (!token.test(method) || method !== method.toUpperCase() || ["CONNECT", "TRACE", "TRACK"].includes(method)) {
      throw wrongOption("An entry of methods", method, "use methods in capitals, and neither CONNECT nor TRACE");
    }
  }
  return new Set(listed);
}

function resolveRateLimit(limit: RateLimitPolicy): NonNullable<ResolvedPolicy["rateLimit"]> {
  checkNames("rateLimit", limit, ["requests", "perMs", "burst", "store", "onStoreFailure"]);
  const { store, onStoreFailure = "refuse" } = limit;
  if (limit.requests === undefined) throw wrongOption("rateLimit.requests", undefined, "say how many are allowed");
  if (onStoreFailure !== "refuse" && onStoreFailure !== "allow") {
    throw wrongOption("rateLimit.onStoreFailure", onStoreFailure, 'use "refuse" or "allow"');
  }
  if (store !== undefined && typeof store.consume !== "function") {
    throw wrongOption("rateLimit.store", store, "it must have a method consume");
  }
  const requests = checkedNumber("rateLimit.requests", limit.requests, { least: 1, most: 10 ** 9, fallback: 1 });
  const perMs = checkedNumber("rateLimit.perMs", limit.perMs, { least: 1, most: longestTimerMs, fallback: 1000 });
  const burst = checkedNumber("rateLimit.burst", limit.burst, { least: 1, most: 10 ** 9, fallback: requests });
  return { requests, perMs, burst, onStoreFailure, ...(store && { store }) };
}

function resolveProxy(proxy: ProxyPolicy): NonNullable<ResolvedPolicy["proxy"]> {
  checkNames("proxy", proxy, ["url", "authorization"]);
  const { url, authorization } = proxy;
  const parsed = typeof url === "string" ? URL.parse(url) : null;
  if (parsed === null || (parsed.protocol !== "http:" && parsed.protocol !== "https:")) {
    throw wrongOption("proxy.url", url, 'use a URL such as "http://proxy.example:3128"');
  }
  if (parsed.username !== "" || parsed.password !== "") {
    // Without the value: it has a password.
    throw wrongOption("proxy.url", "a URL with user information", "move the credentials to proxy.authorization");
  }
  if (authorization !== undefined && (typeof authorization !== "string" || !/^[\u0020-\u007e]+$/.test(authorization))) {
    throw wrongOption("proxy.authorization", "a value that no header can have", "use printable ASCII");
  }
  return { url, parsed, ...(authorization !== undefined && { authorization }) };
}
