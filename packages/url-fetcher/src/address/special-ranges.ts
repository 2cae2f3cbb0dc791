import { inRange, parseRange, type AddressRange } from "./address-range.ts";
import type { IpAddress } from "./ip-address.ts";

/** A row of the tables below. */
interface SpecialRange {
  readonly range: AddressRange;
  readonly name: string;
}

/**
 * IPv4: everything that is not plain global unicast is listed, and the rest passes. After the IANA IPv4 Special-Purpose
 * Address Registry (RFC 6890), with multicast, the reserved class E, and one address that only looks public.
 */
const ipv4Special: readonly SpecialRange[] = table({
  "0.0.0.0/8": "this network (RFC 791)",
  "10.0.0.0/8": "private (RFC 1918)",
  "100.64.0.0/10": "shared by carriers (RFC 6598)",
  "127.0.0.0/8": "loopback (RFC 1122)",
  "169.254.0.0/16": "link-local (RFC 3927)",
  "172.16.0.0/12": "private (RFC 1918)",
  "192.0.0.0/24": "protocol assignments (RFC 6890)",
  "192.0.2.0/24": "documentation (RFC 5737)",
  "192.31.196.0/24": "AS112 (RFC 7535)",
  "192.52.193.0/24": "AMT (RFC 7450)",
  "192.88.99.0/24": "6to4 relays (RFC 7526)",
  "192.168.0.0/16": "private (RFC 1918)",
  "192.175.48.0/24": "AS112 (RFC 7534)",
  "198.18.0.0/15": "benchmarking (RFC 2544)",
  "198.51.100.0/24": "documentation (RFC 5737)",
  "203.0.113.0/24": "documentation (RFC 5737)",
  "224.0.0.0/4": "multicast (RFC 5771)",
  "240.0.0.0/4": "reserved, and broadcast (RFC 1112, RFC 919)",
  "168.63.129.16": "the host of an Azure machine, reachable from that machine alone",
});

/** IPv6: only what IANA has given out for global unicast passes (RFC 4291 section 2.4) ... */
const ipv6Global: AddressRange = parseRange("ipv6Global", "2000::/3");

/** ... without these parts of it (IANA IPv6 Special-Purpose Address Registry). */
const ipv6Special: readonly SpecialRange[] = table({
  "2001::/23": "protocol assignments, Teredo, ORCHID, benchmarking (RFC 2928)",
  "2001:db8::/32": "documentation (RFC 3849)",
  "2002::/16": "6to4 (RFC 3056)",
  "2620:4f:8000::/48": "AS112 (RFC 7534)",
  "3fff::/20": "documentation (RFC 9637)",
});

/** The names of what lies outside 2000::/3, for the log: it is refused in any case. */
const ipv6Named: readonly SpecialRange[] = table({
  "::": "unspecified (RFC 4291)",
  "::1": "loopback (RFC 4291)",
  "::/96": "IPv4-compatible (RFC 4291)",
  "::ffff:0:0/96": "IPv4-mapped (RFC 4291)",
  "::ffff:0:0:0/96": "IPv4-translated (RFC 2765)",
  "64:ff9b::/96": "NAT64 (RFC 6052)",
  "64:ff9b:1::/48": "NAT64, local use (RFC 8215)",
  "100::/64": "discard only (RFC 6666)",
  "100:0:0:1::/64": "dummy prefix (RFC 9780)",
  "5f00::/16": "segment routing (RFC 9602)",
  "fc00::/7": "unique local (RFC 4193)",
  "fe80::/10": "link-local (RFC 4291)",
  "fec0::/10": "site-local (RFC 3879)",
  "ff00::/8": "multicast (RFC 4291)",
});

/** RFC 5214 section 6.1: these 32 bits, with or without the universal bit, then an IPv4 address. */
const isatap: ReadonlySet<bigint> = new Set([0x0000_5efen, 0x0200_5efen]);

/**
 * What keeps an address from being one of the public internet.
 *
 * @returns The name of its range with the source, or undefined for plain global unicast.
 */
export function specialRange(address: IpAddress): string | undefined {
  if (address.version === 4) return nameIn(ipv4Special, address);
  if (!inRange(address, ipv6Global)) return nameIn(ipv6Named, address) ?? "not global unicast (RFC 4291)";
  if (isIsatap(address)) return "ISATAP (RFC 5214)";
  return nameIn(ipv6Special, address);
}

/** Whether the interface identifier is one that embeds an IPv4 address. */
export function isIsatap({ version, value }: IpAddress): boolean {
  return version === 6 && isatap.has((value >> 32n) & 0xffff_ffffn);
}

function nameIn(rows: readonly SpecialRange[], address: IpAddress): string | undefined {
  return rows.find(({ range }) => inRange(address, range))?.name;
}

function table(rows: Readonly<Record<string, string>>): readonly SpecialRange[] {
  return Object.entries(rows).map(([range, name]) => ({ range: parseRange("the special ranges", range), name }));
}
