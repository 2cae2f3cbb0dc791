import { inRange, parseRange, type AddressRange } from "./address-range.ts";
import type { IpAddress } from "./ip-address.ts";
import { isIsatap } from "./special-ranges.ts";

/** A form of IPv6 that carries an IPv4 address. */
interface Embedding {
  readonly range: AddressRange;
  /** How many bits of the address follow the embedded one. */
  readonly shift: bigint;
  /** Whether the embedded bits are inverted, as those of Teredo's client are (RFC 4380 section 4). */
  readonly inverted?: boolean;
}

const embeddings: readonly Embedding[] = [
  { range: parsed("::/96"), shift: 0n },
  { range: parsed("::ffff:0:0/96"), shift: 0n },
  { range: parsed("::ffff:0:0:0/96"), shift: 0n },
  { range: parsed("64:ff9b::/96"), shift: 0n },
  { range: parsed("2002::/16"), shift: 80n },
  // Teredo: the server, and the client behind it.
  { range: parsed("2001::/32"), shift: 64n },
  { range: parsed("2001::/32"), shift: 0n, inverted: true },
];

/** RFC 8215 leaves the length of the prefix, and so the place of the IPv4 address, to the network. */
const nat64Local: AddressRange = parsed("64:ff9b:1::/48");

/**
 * Every IPv4 address that an IPv6 address may stand for: a packet to it may end there, through the host's own stack, a
 * translator or a tunnel.
 *
 * @param prefix The length of the network's NAT64 prefix, when it is known; otherwise all readings count.
 */
export function embeddedIpv4(address: IpAddress, prefix?: number): readonly IpAddress[] {
  // :: and ::1 lie in ::/96 and embed nothing (RFC 4291 section 2.5.5.1).
  if (address.version === 4 || address.value <= 1n) return [];
  const found = embeddings
    .filter(({ range }) => inRange(address, range))
    .map(({ shift, inverted }) => ipv4(inverted === true ? ~(address.value >> shift) : address.value >> shift));
  if (isIsatap(address)) found.push(ipv4(address.value));
  if (inRange(address, nat64Local)) {
    const readings = nat64Readings(address.value);
    found.push(...(prefix === undefined ? Object.values(readings) : [readings[prefix] ?? readings[96]]));
  }
  return found;
}

/** RFC 6052 section 2.2: with prefixes up to 64 bits the embedded address steps over bits 64 to 71. */
function nat64Readings(value: bigint): Record<number, IpAddress> & { readonly 96: IpAddress } {
  const bits = (from: bigint, count: bigint) => (value >> (128n - from - count)) & ((1n << count) - 1n);
  return {
    48: ipv4((bits(48n, 16n) << 16n) | bits(72n, 16n)),
    56: ipv4((bits(56n, 8n) << 24n) | bits(72n, 24n)),
    64: ipv4(bits(72n, 32n)),
    96: ipv4(value),
  };
}

function ipv4(value: bigint): IpAddress {
  return { version: 4, value: value & 0xffff_ffffn };
}

function parsed(text: string): AddressRange {
  return parseRange("the embeddings", text);
}
