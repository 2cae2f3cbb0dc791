import type { FailureDetail } from "../errors/url-fetch-error.ts";
import { inRange, type AddressRange } from "./address-range.ts";
import { classify } from "./classify-address.ts";
import { embeddedIpv4 } from "./embedded-ipv4.ts";
import { formatAddress, parseAddress, type IpAddress } from "./ip-address.ts";
import { isOwnAddress } from "./own-addresses.ts";

/** Which addresses a fetcher dials. */
export interface AddressRule {
  /** Special ranges that are opened. */
  readonly allow: readonly AddressRange[];
  /** Ranges that are closed, public or not. */
  readonly deny: readonly AddressRange[];
  /** Whether opened ranges include the addresses of metadata services. */
  readonly allowMetadata: boolean;
}

/**
 * Checks an address that is about to be dialled: {@link refusedAddress}, and it must not be one of this machine, unless the
 * policy opens its range. Interfaces come and go, so this answer holds for now.
 */
export function refusedPeer(text: string, rule: AddressRule): FailureDetail | undefined {
  const refusal = refusedAddress(text, rule);
  const address = parseAddress(text);
  if (refusal !== undefined || address === undefined) return refusal;
  if (rule.allow.some((range) => inRange(address, range)) || !isOwnAddress(address)) return undefined;
  return { reason: "address", address: text, explanation: "It is an address of this machine" };
}

/**
 * Checks one address, as a literal in a URL, as an answer of a resolver, or as the peer of a socket.
 *
 * @returns undefined when it may be dialled, else why not.
 */
export function refusedAddress(text: string, rule: AddressRule): FailureDetail | undefined {
  const address = parseAddress(text);
  if (address === undefined) return { reason: "address", address: text, explanation: "It is no IP address" };
  const refusal = refusalOf(address, rule);
  return refusal === undefined ? undefined : { ...refusal, address: text };
}

function refusalOf(address: IpAddress, rule: AddressRule): FailureDetail | undefined {
  if (rule.deny.some((range) => inRange(address, range))) {
    return { reason: "address", explanation: "The policy denies its range" };
  }
  const { isPublic, isMetadata, range } = classify(address);
  if (isMetadata && !rule.allowMetadata) return { reason: "metadata", explanation: "It is a metadata service" };
  if (isPublic) return undefined;
  const opened = rule.allow.find((candidate) => inRange(address, candidate));
  if (opened === undefined) return { reason: "address", explanation: `It is special: ${range}` };
  // Opening the form, such as NAT64, does not open what it may lead to.
  for (const embedded of embeddedIpv4(address, opened.prefix)) {
    const refusal = refusalOf(embedded, rule);
    if (refusal !== undefined) {
      return { ...refusal, explanation: `It embeds ${formatAddress(embedded)}. ${refusal.explanation}` };
    }
  }
  return undefined;
}
