import { canonicalJson, type Call, type Principal } from "@plinth/core";

/** Claims that say how long a token counts and which one it is, and nothing about who calls. */
const claimsOfTheToken: ReadonlySet<string> = new Set(["exp", "iat", "nbf", "jti", "auth_time", "at_hash", "nonce"]);

/** The key of everybody who sees the same as a caller does: himself in his tenant, with what this token lets him do. */
export type AudienceKey = (call: Call) => string;

/**
 * Makes the function that tells audiences apart: by tenant, principal id, scopes and claims. Callers without a principal
 * are an audience of their own in each tenant. Two audiences never have one key: it is a JSON list.
 */
export function createAudienceKey(): AudienceKey {
  // By object: an edge that keeps verified tokens gives the same principal again, and the work is done once.
  const known = new WeakMap<Principal, { readonly tenant: string | undefined; readonly key: string }>();

  return ({ context }) => {
    const { principal, tenant } = context;
    if (principal === undefined) return JSON.stringify([tenant ?? null]);
    const before = known.get(principal);
    if (before !== undefined && before.tenant === tenant) return before.key;
    const key = describe(principal, tenant);
    known.set(principal, { tenant, key });
    return key;
  };
}

function describe({ id, tenant: own, scopes, claims = {} }: Principal, tenant: string | undefined): string {
  const lasting = Object.fromEntries(Object.entries(claims).filter(([name]) => !claimsOfTheToken.has(name)));
  return canonicalJson([tenant ?? null, id, own ?? null, scopes.toSorted(), lasting]);
}
