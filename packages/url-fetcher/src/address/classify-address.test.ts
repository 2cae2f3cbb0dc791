import { isIP } from "node:net";
import fc from "fast-check";
import ipaddr from "ipaddr.js";
import { describe, expect, it } from "vitest";
import { classify, classifyAddress } from "./classify-address.ts";
import { embeddedIpv4 } from "./embedded-ipv4.ts";
import { formatAddress, parseAddress } from "./ip-address.ts";

const ipv4 = fc.ipV4();
const ipv6 = fc.oneof(
  fc.ipV6(),
  // Most of what is random lies outside 2000::/3.
  fc.bigInt(0n, (1n << 125n) - 1n).map((rest) => formatAddress({ version: 6, value: (1n << 125n) | rest })),
);

/** Ranges where ipaddr.js says "unicast", or another name, and is not followed, with the reason. */
const differences: readonly { readonly range: string; readonly why: string }[] = [
  { range: "168.63.129.16/32", why: "looks public, and is Azure's host" },
  { range: "0000::/3", why: "outside 2000::/3 nothing is given out for global unicast (RFC 4291 section 2.4)" },
  { range: "4000::/2", why: "as above" },
  { range: "8000::/1", why: "as above" },
  { range: "2001::/23", why: "protocol assignments as a whole; ipaddr.js lists parts of it" },
  { range: "2620:4f:8000::/48", why: "AS112 is answered by whoever is near" },
];

describe("classifyAddress", () => {
  it("knows no address that node does not know, nor the other way round", () => {
    const text = fc.oneof(
      ipv4,
      ipv6,
      fc.stringMatching(/^[0-9a-f:.%x]{1,24}$/),
      fc
        .array(fc.constantFrom("0", "1", "::", ":", ".", "ffff", "127", "010", "256", "%eth0"))
        .map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(text, (candidate) => {
        const isKnown = parseAddress(candidate) !== undefined;

        // Node takes zones, which lead to an interface of this machine.
        expect(isKnown).toBe(isIP(candidate) !== 0 && !candidate.includes("%"));
      }),
      { numRuns: 2000 },
    );
  });

  it("reads the value that ipaddr.js reads", () => {
    fc.assert(
      fc.property(fc.oneof(ipv4, ipv6), (text) => {
        // By way of the URL parser, because ipaddr.js takes ::1.2.3.4 for ::ffff:1.2.3.4.
        const host = text.includes(":") ? new URL(`http://[${text}]/`).hostname.slice(1, -1) : text;
        const bytes = ipaddr.parse(host).toByteArray();

        const address = parseAddress(text);

        expect(address?.value).toBe(bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n));
      }),
      { numRuns: 1000 },
    );
  });

  it("agrees with ipaddr.js on what is public, but for a listed set of differences", () => {
    const listed = differences.map(({ range }) => ipaddr.parseCIDR(range));
    fc.assert(
      fc.property(fc.oneof(ipv4, ipv6), (text) => {
        const parsed = ipaddr.parse(text);
        const isListed = listed.some(
          ([base, bits]) => parsed.kind() === base.kind() && parsed.match(base as never, bits),
        );
        const isIsatap = /(?:^|:)(?:200:)?5efe:[0-9a-f]+:[0-9a-f]+$/.test(parsed.toNormalizedString());
        fc.pre(!isListed && !isIsatap);

        expect(classifyAddress(text)?.isPublic).toBe(parsed.range() === "unicast");
      }),
      { numRuns: 3000 },
    );
  });

  it("calls nothing public in the ranges where it differs from ipaddr.js", () => {
    const inside = ["168.63.129.16", "1::1", "::2", "4000::1", "8000::1", "2001:1ff::1", "2620:4f:8000::1"];

    expect(inside.filter((text) => classifyAddress(text)?.isPublic === true)).toEqual([]);
  });

  const ranges = [
    ["0.0.0.0", "0.255.255.255"],
    ["10.0.0.0", "10.255.255.255"],
    ["100.64.0.0", "100.127.255.255"],
    ["127.0.0.0", "127.255.255.255"],
    ["169.254.0.0", "169.254.255.255"],
    ["172.16.0.0", "172.31.255.255"],
    ["192.0.0.0", "192.0.0.255"],
    ["192.0.2.0", "192.0.2.255"],
    ["192.31.196.0", "192.31.196.255"],
    ["192.52.193.0", "192.52.193.255"],
    ["192.88.99.0", "192.88.99.255"],
    ["192.168.0.0", "192.168.255.255"],
    ["192.175.48.0", "192.175.48.255"],
    ["198.18.0.0", "198.19.255.255"],
    ["198.51.100.0", "198.51.100.255"],
    ["203.0.113.0", "203.0.113.255"],
    ["224.0.0.0", "255.255.255.255"],
    ["::", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
    ["2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff"],
    ["2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"],
    ["2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
    ["2620:4f:8000::", "2620:4f:8000:ffff:ffff:ffff:ffff:ffff"],
    ["3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff"],
    ["4000::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ] as const;

  it.each(ranges)("ends at the edges of %s to %s, and not one address sooner or later", (first, last) => {
    const [from, to] = [parseAddress(first), parseAddress(last)];
    if (from === undefined || to === undefined) throw new Error("no address");
    const highest = from.version === 4 ? (1n << 32n) - 1n : (1n << 128n) - 1n;
    const outside = [from.value - 1n, to.value + 1n].filter((value) => value >= 0n && value <= highest);

    expect([classify(from).isPublic, classify(to).isPublic]).toEqual([false, false]);
    for (const value of outside) {
      // 4000:: borders on 3fff:ffff..., which is public; 2000:: on 1fff:ffff..., which is not.
      expect(classify({ version: from.version, value }).isPublic).toBe(true);
    }
  });

  it("finds the IPv4 address in every form that embeds one", () => {
    const forms: readonly ((value: bigint) => bigint)[] = [
      (value) => (0xffffn << 32n) | value,
      (value) => (0xffffn << 48n) | value,
      (value) => (0x64_ff9bn << 96n) | value,
      (value) => (0x64_ff9b_0001n << 80n) | value,
      (value) => (0x2002n << 112n) | (value << 80n),
      (value) => (0x2001n << 112n) | (value << 64n) | 0x1234n,
      (value) => (0x2001n << 112n) | (value ^ 0xffff_ffffn),
      (value) => (0x2606_4700n << 96n) | (0x5efen << 32n) | value,
      (value) => (0x2606_4700n << 96n) | (0x0200_5efen << 32n) | value,
      (value) => (0x64_ff9b_0001n << 80n) | ((value >> 16n) << 64n) | ((value & 0xffffn) << 40n),
      (value) => (0x64_ff9b_0001n << 80n) | ((value >> 24n) << 64n) | ((value & 0xff_ffffn) << 32n),
      (value) => (0x64_ff9b_0001n << 80n) | (value << 24n),
    ];
    fc.assert(
      fc.property(fc.constantFrom(...forms), fc.bigInt(2n, 0xffff_ffffn), (embed, value) => {
        const address = { version: 6, value: embed(value) } as const;

        expect(embeddedIpv4(address).map((found) => found.value)).toContain(value);
        expect(classify(address).isPublic).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });

  it("knows metadata services, also where they are embedded", () => {
    const services = [
      "169.254.169.254",
      "100.100.100.200",
      "fd00:ec2::254",
      "::ffff:169.254.169.254",
      "2002:a9fe:a9fe::1",
    ];

    expect(services.map((text) => classifyAddress(text)?.isMetadata)).toEqual(services.map(() => true));
    expect(classifyAddress("10.0.0.1")?.isMetadata).toBe(false);
  });
});
