import { createHash } from "node:crypto";
import { KitError, quote, type Call, type Principal } from "@plinth/core";
import { callerKey, keyPart } from "../identity/caller-key.ts";

/**
 * What a limit counts by. `principal` is the verified caller, or the client's address for callers without one; `ip` the
 * client's address, IPv6 by /64; `tool` the tool, prompt, resource or template, or the method where there is none; `tenant`
 * the tenant, all callers without one together.
 */
export type LimitDimension = "principal" | "ip" | "tool" | "tenant";

/** Gives the text to count by, or `undefined` for a call that does not count. */
export type LimitKey = (call: Call) => string | undefined;

/** What a limit counts by, ready to be asked. */
export interface LimitScope {
  /** For messages: `principal`, `tenant, tool`. */
  readonly name: string;
  readonly keyOf: LimitKey;
}

/** A key that is longer goes by its digest: a key is kept as long as its bucket, and clients choose parts of some. */
const longestKey = 512;

/**
 * @param prefix begins every key
 * @throws KitError `MISUSE` for dimensions that there are not
 */
export function limitScope(
  by: LimitDimension | readonly LimitDimension[] | LimitKey,
  prefix: string,
  addressOf: (call: Call) => string,
): LimitScope {
  if (typeof by === "function") return { name: "custom", keyOf: ownKeys(by, prefix) };
  const dimensions = typeof by === "string" ? [by] : by;
  const parts = dimensions.map((dimension) => partOf(dimension, addressOf));
  if (parts.length === 0) {
    throw new KitError("MISUSE", 'by is an empty list; use "principal", "ip", "tool" or "tenant"');
  }
  const name = dimensions.join(", ");
  const begin = `${prefix}${keyPart(name)}`;
  const keyOf = (call: Call): string =>
    bounded(begin, parts.length === 1 ? (parts[0]?.(call) ?? "") : joined(parts, call));
  return { name, keyOf: name === "principal" ? keptPerPrincipal(keyOf) : keyOf };
}

/** A principal that is verified once serves many calls; a text that is kept is also hashed once only. */
function keptPerPrincipal(keyOf: (call: Call) => string): (call: Call) => string {
  const kept = new WeakMap<Principal, { readonly tenant: string | undefined; readonly key: string }>();
  return function keyOfPrincipal(call) {
    const { principal, tenant } = call.context;
    if (principal === undefined) return keyOf(call);
    const before = kept.get(principal);
    if (before !== undefined && before.tenant === tenant) return before.key;
    const key = keyOf(call);
    kept.set(principal, { tenant, key });
    return key;
  };
}

function joined(parts: readonly ((call: Call) => string)[], call: Call): string {
  let key = "";
  for (const part of parts) key += part(call);
  return key;
}

function partOf(dimension: LimitDimension, addressOf: (call: Call) => string): (call: Call) => string {
  switch (dimension) {
    case "principal":
      return (call) => callerKey(call, addressOf);
    case "ip":
      return (call) => `i${keyPart(addressOf(call))}`;
    case "tool":
      // Never a name that a client made up: each would have a bucket of its own.
      return ({ target, method }) =>
        target === undefined ? `m${keyPart(method)}` : `${target.kind}${keyPart(target.name)}`;
    case "tenant":
      return (call) => `t${keyPart(call.context.tenant)}`;
    default:
      throw new KitError("MISUSE", `by is ${quote(dimension)}; use "principal", "ip", "tool", "tenant" or a function`);
  }
}

function ownKeys(by: LimitKey, prefix: string): LimitKey {
  return function ownKey(call) {
    const key: unknown = by(call);
    if (typeof key === "string") return bounded(`${prefix}o`, key);
    if (key === undefined) return undefined;
    throw new KitError(
      "MISUSE",
      `by() of a limit gave ${quote(key)}; give a text, or undefined for what does not count`,
    );
  };
}

function bounded(begin: string, key: string): string {
  return begin + (key.length <= longestKey ? key : `#${createHash("sha256").update(key).digest("base64url")}`);
}
