import { BlockList, isIP } from "node:net";
import { KitError, quote } from "@plinth/core";

/** Tells whether an address is one of the proxies that an operator named. */
export type TrustedProxies = (address: string | undefined) => boolean;

const range = /^([^/]+)(?:\/(\d{1,3}))?$/;

/**
 * Reads the addresses and ranges of proxies: `10.0.0.0/8`, `::1`.
 * @throws KitError `MISUSE` for one that is neither
 */
export function trustedProxies(ranges: readonly string[]): TrustedProxies {
  const list = new BlockList();
  for (const text of ranges) {
    const [, address = "", length] = (typeof text === "string" && range.exec(text)) || [];
    const version = isIP(address);
    const bits = version === 4 ? 32 : 128;
    const prefix = length === undefined ? bits : Number(length);
    if (version === 0 || prefix > bits) {
      throw new KitError(
        "MISUSE",
        `trustedProxies has ${quote(text)}; write an address or a range, such as "10.0.0.0/8" or "::1"`,
      );
    }
    list.addSubnet(address, prefix, version === 4 ? "ipv4" : "ipv6");
  }
  return function isTrustedProxy(address) {
    const version = address === undefined ? 0 : isIP(address);
    return version !== 0 && list.check(address as string, version === 4 ? "ipv4" : "ipv6");
  };
}
