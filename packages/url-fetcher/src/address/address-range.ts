import { wrongOption } from "../errors/url-policy-error.ts";
import { formatAddress, parseAddress, type IpAddress } from "./ip-address.ts";

/** The addresses that share their first bits. */
export interface AddressRange extends IpAddress {
  /** How many bits they share. */
  readonly prefix: number;
}

/** Whether the address lies in the range. An IPv4 address lies in no IPv6 range, whatever embeds it. */
export function inRange(address: IpAddress, range: AddressRange): boolean {
  if (address.version !== range.version) return false;
  const rest = BigInt((range.version === 4 ? 32 : 128) - range.prefix);
  return address.value >> rest === range.value >> rest;
}

/**
 * Reads a range in CIDR notation (RFC 4632, RFC 4291 section 2.3), or a single address.
 * @throws UrlPolicyError for one that is none, or that has bits beyond its prefix
 */
export function parseRange(option: string, text: string): AddressRange {
  const [base = "", length, ...more] = text.split("/");
  const address = parseAddress(base);
  const bits = address?.version === 4 ? 32 : 128;
  const prefix = length === undefined ? bits : /^(?:0|[1-9][0-9]{0,2})$/.test(length) ? Number(length) : Infinity;
  if (address === undefined || prefix > bits || more.length > 0) {
    throw wrongOption(`An entry of ${option}`, text, 'use a range such as "10.1.0.0/16" or an address such as "::1"');
  }
  const rest = BigInt(bits - prefix);
  const value = (address.value >> rest) << rest;
  if (value !== address.value) {
    const meant = `${formatAddress({ version: address.version, value })}/${prefix}`;
    throw wrongOption(`An entry of ${option}`, text, `its address has bits beyond the prefix; did you mean ${meant}?`);
  }
  return { version: address.version, value, prefix };
}
