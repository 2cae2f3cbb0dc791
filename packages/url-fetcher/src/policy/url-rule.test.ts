import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { refusedAddress } from "../address/address-rule.ts";
import { UrlFetchError, failureDetail } from "../errors/url-fetch-error.ts";
import { isReservedHost } from "./reserved-hosts.ts";
import { resolvePolicy } from "./resolve-policy.ts";
import type { UrlFetcherPolicy } from "./url-fetcher-policy.ts";
import { createUrlGate, type Target } from "./url-rule.ts";

function check(url: string, policy: UrlFetcherPolicy = {}): Target | string {
  try {
    return createUrlGate(resolvePolicy(policy).url)(url);
  } catch (error) {
    if (!(error instanceof UrlFetchError)) throw error;
    return `${error.code} ${failureDetail(error)?.reason}`;
  }
}

const schemes = fc.constantFrom("http", "https", "HTTP", "ftp", "file", "ws", "javascript", "hTtPs");
const joints = fc.constantFrom("://", ":", ":/", ":///", ":\\\\", "://@", "://x@", "://\t");
const hosts = fc.oneof(
  fc.ipV4(),
  fc.ipV6().map((text) => `[${text}]`),
  fc.domain(),
  fc.constantFrom(
    "localhost",
    "127.1",
    "0x7f.1",
    "2130706433",
    "①②⑦.0.0.1",
    "127。0。0。1",
    "[::ffff:10.0.0.1]",
    "10.0.0.1.",
  ),
  fc.webAuthority(),
  fc.nat(0xffff_ffff).map((value) => `0x${value.toString(16)}`),
  fc.nat(0xffff_ffff).map((value) => `0${value.toString(8)}`),
);
const tails = fc.oneof(
  fc.webPath(),
  fc.constantFrom("", "/", "?x", "#@example.com/", "\\@example.com", ":80", ":22", "%2f@example.com", "/\u0000", "/ "),
);

describe("createUrlGate", () => {
  it("lets nothing through that the platform's parser reads as a refused scheme, host, address or port", () => {
    const { addresses } = resolvePolicy({});
    let passed = 0;
    fc.assert(
      fc.property(schemes, joints, hosts, tails, (scheme, joint, host, tail) => {
        const text = scheme + joint + host + tail;

        const target = check(text);

        if (typeof target === "string") return;
        passed += 1;
        const url = new URL(text);
        const name = url.hostname.replace(/\.$/, "");
        expect(["http:", "https:"]).toContain(url.protocol);
        expect(["", "80", "443"]).toContain(url.port);
        expect([url.username, url.password]).toEqual(["", ""]);
        expect(target).toMatchObject({ host: name, path: url.pathname + url.search });
        const isLiteral = /^[0-9.]+$|:/.test(name);
        expect(isLiteral ? refusedAddress(name.replace(/^\[|\]$/g, ""), addresses) : isReservedHost(name)).toBeFalsy();
        // What it hands on is read the same way again.
        expect(check(target.href)).toEqual(target);
      }),
      { numRuns: 5000 },
    );
    expect(passed).toBeGreaterThan(100);
  });

  it.each([
    ["", "INVALID_URL url"],
    ["example.com", "INVALID_URL url"],
    ["//example.com/", "INVALID_URL url"],
    ["https:example.com", "INVALID_URL url"],
    ["https:///example.com", "INVALID_URL url"],
    [" https://example.com/", "INVALID_URL url"],
    ["https://example.com/\r\n", "INVALID_URL url"],
    ["https://@example.com/", "INVALID_URL url"],
    ["https://:@example.com/", "INVALID_URL url"],
    ["https://u@example.com/", "INVALID_URL url"],
    ["https://example.com\\@10.0.0.1/", "INVALID_URL url"],
    ["ftp://example.com/", "INVALID_URL scheme"],
    ["https://example.com:22/", "INVALID_URL port"],
    ["https://example.com:0/", "INVALID_URL port"],
    ["https://a..example.com/", "UNREACHABLE host"],
    ["https://.example.com/", "UNREACHABLE host"],
    ["https://example.com../", "UNREACHABLE host"],
    ["https://exa$mple.com/", "UNREACHABLE host"],
    [`https://${"a".repeat(64)}.example.com/`, "UNREACHABLE host"],
    [`https://${"a.".repeat(130)}com/`, "UNREACHABLE host"],
    ["https://intranet/", "UNREACHABLE host"],
    ["https://x.svc.cluster.local/", "UNREACHABLE host"],
    ["https://localhost6.localdomain6/", "UNREACHABLE host"],
    ["https://kubernetes.default/", "UNREACHABLE host"],
    ["https://ipv4only.arpa/", "UNREACHABLE host"],
    ["https://1.0.0.127.in-addr.arpa/", "UNREACHABLE host"],
    ["https://server.mail/", "UNREACHABLE host"],
    ["https://METADATA.google.internal./", "UNREACHABLE metadata"],
    ["https://[::1]/", "UNREACHABLE address"],
    [`https://example.com/?${"é".repeat(2000)}`, "INVALID_URL url"],
  ])("refuses %j with %s", (url, expected) => {
    expect(check(url)).toBe(expected);
  });

  it("has one origin for all ways to write a host", () => {
    const ways = [
      "https://EXAMPLE.com./a?b#c",
      "https://example.com:443/a?b",
      "https://ex%61mple.com/a?b",
      "https://ｅxample.com/a?b",
    ];

    expect(ways.map((url) => check(url))).toEqual(
      ways.map(() => ({
        origin: "https://example.com",
        scheme: "https",
        host: "example.com",
        port: 443,
        path: "/a?b",
        href: "https://example.com/a?b",
      })),
    );
  });

  it("takes listed hosts only, and only below a listed suffix", () => {
    const policy = { allowHosts: ["API.example.com", ".example.org", "bücher.example", "8.8.8.8"] };
    const allowed = [
      "https://api.example.com./",
      "https://a.b.example.org/",
      "https://xn--bcher-kva.example/",
      "https://8.8.8.8/",
    ];
    const refused = [
      "https://example.com/",
      "https://x.api.example.com/",
      "https://api.example.com.evil.example/",
      "https://evil-api.example.com/",
      "https://example.org/",
      "https://notexample.org/",
      "https://8.8.4.4/",
    ];

    expect(allowed.filter((url) => typeof check(url, policy) === "string")).toEqual([]);
    expect(refused.map((url) => check(url, policy))).toEqual(refused.map(() => "UNREACHABLE host"));
  });

  it("refuses denied hosts, and with a suffix also the name itself", () => {
    const policy = {
      denyHosts: [".example.org", "a.example.com"],
      allowHosts: [".example.org", "a.example.com", "b.example.com"],
    };
    const refused = ["https://example.org/", "https://x.example.org./", "https://A.example.com/"];

    expect(refused.map((url) => check(url, policy))).toEqual(refused.map(() => "UNREACHABLE host"));
    expect(check("https://b.example.com/", policy)).toMatchObject({ host: "b.example.com" });
  });

  it("opens a reserved name that is named, but not a metadata service", () => {
    const policy = { allowReservedHosts: ["localhost", ".svc.cluster.local", "metadata.google.internal"] };

    expect(check("http://localhost/", policy)).toMatchObject({ host: "localhost" });
    expect(check("http://db.svc.cluster.local/", policy)).toMatchObject({ host: "db.svc.cluster.local" });
    expect(check("http://other.cluster.local/", policy)).toBe("UNREACHABLE host");
    expect(check("http://metadata.google.internal/", policy)).toBe("UNREACHABLE metadata");
    expect(check("http://metadata.google.internal/", { ...policy, allowMetadata: true })).toMatchObject({ port: 80 });
    expect(check("http://intranet/", { allowHosts: ["intranet"] })).toMatchObject({ host: "intranet" });
  });

  it("can refuse all literals", () => {
    const policy = { allowIpLiterals: false };

    expect(
      ["https://8.8.8.8/", "https://[2606:4700::1]/", "https://134744072/"].map((url) => check(url, policy)),
    ).toEqual(["UNREACHABLE host", "UNREACHABLE host", "UNREACHABLE host"]);
  });

  it("keeps deciding alike after more hosts than it remembers", () => {
    const gate = createUrlGate(resolvePolicy({}).url);

    for (let index = 0; index < 2500; index += 1) gate(`https://h${index}.example.com/`);

    expect(() => gate("https://10.0.0.1/")).toThrow(UrlFetchError);
    expect(gate("https://h1.example.com/").host).toBe("h1.example.com");
  });
});
