import { isIP } from "node:net";
import type { Call } from "@plinth/core";
import { clientNetwork } from "./client-network.ts";
import { trustedProxies } from "./trusted-proxies.ts";

/** How a middleware learns where a call comes from. */
export interface ClientAddressOptions {
  /**
   * Addresses and ranges of the proxies in front of the server, such as `["10.0.0.0/8"]`. From them alone
   * `X-Forwarded-For` is believed, from right to left up to the first address that is not one of them. **Security:**
   * everybody in these ranges can pretend to be anybody. @default none, and the header is not read
   */
  readonly trustedProxies?: readonly string[];
  /**
   * Tells the address instead, for example from a header of a content delivery network. **Security:** read headers only
   * that your proxy overwrites. @default by `trustedProxies`
   */
  readonly clientAddress?: (call: Call) => string | undefined;
}

/** Hops that are looked at; a longer way has been made up. */
const maxHops = 32;

/**
 * Makes the function that tells the client network of a call: an IPv4 address, or the /64 of an IPv6 address; `local`
 * for a call that has none, as over stdio.
 */
export function clientAddressOf({
  trustedProxies: proxies = [],
  clientAddress,
}: ClientAddressOptions): (call: Call) => string {
  const isTrusted = trustedProxies(proxies);
  if (clientAddress !== undefined) return (call) => networkOr(clientAddress(call));
  if (proxies.length === 0) return (call) => networkOr(call.context.http?.remoteAddress);
  return function clientAddressOf({ context: { http } }) {
    let address = http?.remoteAddress;
    if (http === undefined || !isTrusted(address)) return networkOr(address);
    const hops = http.headers.get("x-forwarded-for")?.split(",").slice(-maxHops) ?? [];
    for (let hop = hops.pop(); hop !== undefined && isTrusted(address); hop = hops.pop()) {
      const stated = withoutPort(hop.trim());
      // What is no address was not written by a proxy that can be believed; what has been learned so far holds.
      if (isIP(stated) === 0) break;
      address = stated;
    }
    return networkOr(address);
  };
}

function networkOr(address: string | undefined): string {
  return address === undefined ? "local" : clientNetwork(address);
}

/** `192.0.2.1:443` and `[2001:db8::1]:443`, as some proxies write it. */
function withoutPort(hop: string): string {
  if (hop.startsWith("[")) return hop.slice(1, hop.includes("]") ? hop.indexOf("]") : undefined);
  const colon = hop.indexOf(":");
  return colon !== -1 && colon === hop.lastIndexOf(":") ? hop.slice(0, colon) : hop;
}
