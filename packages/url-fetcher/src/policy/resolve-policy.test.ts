import { describe, expect, it } from "vitest";
import { createUrlFetcher } from "../create-url-fetcher.ts";
import { UrlPolicyError } from "../errors/url-policy-error.ts";
import { resolvePolicy } from "./resolve-policy.ts";
import type { UrlFetcherPolicy } from "./url-fetcher-policy.ts";

describe("resolvePolicy", () => {
  const wrong: readonly [string, unknown, RegExp][] = [
    ["a misspelled option", { allowHost: ["example.com"] }, /"allowHost"; use schemes/],
    ["a misspelled option in a group", { timeouts: { totalMs: 5 } }, /timeouts is "totalMs"; use connect/],
    ["a list that is none", { allowHosts: "example.com" }, /allowHosts is "example.com"; it must be an array/],
    ["a scheme", { schemes: ["ftp"] }, /"ftp"; use "https" or "http"/],
    ["a port", { ports: [0] }, /An entry of ports is 0/],
    ["a port that is text", { ports: ["443"] }, /An entry of ports is "443"/],
    ["a pattern for a host", { allowHosts: ["*.example.com"] }, /"\*.example.com"; use a host/],
    ["a URL for a host", { allowHosts: ["https://example.com"] }, /use a host/],
    ["a host with a port", { denyHosts: ["example.com:8080"] }, /use a host/],
    ["an empty host", { denyHosts: ["."] }, /use a host/],
    ["a range with loose bits", { allowAddresses: ["10.1.2.3/16"] }, /did you mean 10.1.0.0\/16/],
    ["a range that is none", { allowAddresses: ["10.1"] }, /use a range/],
    ["a range that is too long", { denyAddresses: ["10.0.0.0/33"] }, /use a range/],
    ["an octal range", { denyAddresses: ["010.0.0.0/8"] }, /use a range/],
    ["a flag that is none", { allowMetadata: "no" }, /allowMetadata is "no"; it must be true or false/],
    ["CONNECT", { methods: ["CONNECT"] }, /neither CONNECT nor TRACE/],
    ["a method in small letters", { methods: ["get"] }, /methods in capitals/],
    ["a header name", { requestHeaders: { allow: ["a b"] } }, /"a b"; use a name such as/],
    ["a user agent with a line break", { userAgent: "a\r\nb" }, /printable ASCII/],
    ["a time", { timeouts: { total: -1 } }, /timeouts.total is -1/],
    ["a time that no timer can wait", { timeouts: { total: Infinity } }, /timeouts.total is Infinity/],
    ["a size", { limits: { wire: 1.5 } }, /limits.wire is 1.5/],
    ["not a number", { limits: { ratio: Number.NaN } }, /limits.ratio is NaN/],
    ["too many codings", { limits: { codings: 6 } }, /from 0 to 5/],
    ["a rate without a number", { rateLimit: {} }, /rateLimit.requests is nothing/],
    ["a store without its method", { rateLimit: { requests: 1, store: {} } }, /method consume/],
    ["a hook that is none", { onEvent: "log" }, /onEvent is "log"; it must be a function/],
    ["TLS that is not verified", { tls: { rejectUnauthorized: false } }, /"rejectUnauthorized"; use ca, cert, key/],
    ["a proxy", { proxy: { url: "socks5://proxy:1080" } }, /use a URL such as/],
    ["nothing at all", null, /the policy is/],
  ];

  it.each(wrong)("refuses %s, quoting it", (_, policy, message) => {
    expect(() => createUrlFetcher(policy as UrlFetcherPolicy)).toThrow(UrlPolicyError);
    expect(() => createUrlFetcher(policy as UrlFetcherPolicy)).toThrow(message);
  });

  it("does not quote the password of a proxy", () => {
    const make = () => createUrlFetcher({ proxy: { url: "http://user:hunter2@proxy.example:3128" } });

    expect(make).toThrow(/proxy.authorization/);
    expect(make).not.toThrow(/hunter2/);
  });

  it("takes no option from a prototype", () => {
    const polluted = Object.prototype as Record<string, unknown>;
    try {
      Object.assign(polluted, { allowAddresses: ["0.0.0.0/0"], allowMetadata: true, total: 1 });
      const resolved = resolvePolicy({ timeouts: {} });

      expect(resolved.addresses).toEqual({ allow: [], deny: [], allowMetadata: false });
      expect(resolved.timeouts.total).toBe(30_000);
    } finally {
      for (const name of ["allowAddresses", "allowMetadata", "total"]) delete polluted[name];
    }
  });

  it("keeps what it was given, whatever becomes of that later", () => {
    const allowHosts = ["example.com"];
    const timeouts = { total: 100 };
    const resolved = resolvePolicy({ allowHosts, timeouts });

    allowHosts.push("evil.example");
    timeouts.total = 100_000;

    expect(resolved.url.allowHosts?.exact.has("evil.example")).toBe(false);
    expect(resolved.timeouts.total).toBe(100);
    expect(Object.isFrozen(resolved)).toBe(true);
  });
});
