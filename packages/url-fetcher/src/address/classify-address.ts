import { embeddedIpv4 } from "./embedded-ipv4.ts";
import { parseAddress, type IpAddress } from "./ip-address.ts";
import { isMetadataAddress } from "./metadata-addresses.ts";
import { specialRange } from "./special-ranges.ts";

/** What {@link classifyAddress} finds. */
export interface AddressClass {
  /** Whether it is plain global unicast, which a fetcher dials without being told to. */
  readonly isPublic: boolean;
  /** The range that makes it special, with the source. Undefined for a public one. */
  readonly range?: string;
  /** Whether machines get their credentials there, also by way of an embedded IPv4 address. */
  readonly isMetadata: boolean;
}

/**
 * Tells the addresses of the public internet from all others: IPv4 by the list of what is special, IPv6 by what IANA has
 * given out for global unicast, less what is special in it. Every form of IPv6 that embeds an IPv4 address counts as special.
 *
 * @param text A textual IP address, without brackets.
 * @returns undefined when it is none.
 */
export function classifyAddress(text: string): AddressClass | undefined {
  const address = parseAddress(text);
  return address === undefined ? undefined : classify(address);
}

/** {@link classifyAddress}, for an address that has been read. */
export function classify(address: IpAddress): AddressClass {
  const range = specialRange(address);
  const isMetadata = isMetadataAddress(address) || embeddedIpv4(address).some(isMetadataAddress);
  return range === undefined ? { isPublic: true, isMetadata } : { isPublic: false, range, isMetadata };
}
