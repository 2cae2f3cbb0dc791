import type { Call } from "@plinth/core";

/** A text as a part of a key: its length before it, so that no two lists of parts run into the same key. */
export function keyPart(text: string | undefined): string {
  return text === undefined ? "-" : `${text.length}:${text}`;
}

/**
 * Names who calls: the verified principal in the tenant of the call, since ids may be those of a tenant alone, or for callers without one where they call from. The two can
 * never be the same text.
 */
export function callerKey(call: Call, addressOf: (call: Call) => string): string {
  const { principal, tenant } = call.context;
  return principal === undefined ? `a${keyPart(addressOf(call))}` : `p${keyPart(tenant)}${keyPart(principal.id)}`;
}
