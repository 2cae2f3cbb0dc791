import { hash } from "node:crypto";
import { canonicalJson, type Call } from "@plinth/core";
import { anonymousKey } from "../identity/anonymous-key.ts";
import { clientAddressOf, type ClientAddressOptions } from "../identity/client-address.ts";

/** Which call a client means by its key; digests, so that a store never has anything of the call. */
export interface CallIdentity {
  /** Of the owner, the tool and the key. */
  readonly name: string;
  /** Of the arguments, and of what the caller may do: an answer is not for a token that may do less. */
  readonly fingerprint: string;
  /** Who may keep so many keys. Not told by anything that a caller can make up, or he would have as many as he likes. */
  readonly owner: string;
}

/** Makes the function that tells a call with a key from all others. */
export function createCallIdentity(address: ClientAddressOptions): (call: Call, key: string) => CallIdentity {
  const addressOf = clientAddressOf(address);

  return function callIdentity(call, key) {
    const { context, method, params } = call;
    const { principal, tenant, sessionId, http } = context;
    // By id and not by token: who comes again may have a new one.
    const who = principal === undefined ? ["anonymous", http && addressOf(call)] : ["principal", principal.id];
    const owner = [tenant, principal?.tenant, ...who];
    // A session may go on from another address.
    const anonymous = sessionId === undefined ? [owner, anonymousKey(call)] : [tenant, anonymousKey(call)];
    const space = principal === undefined ? anonymous : owner;
    return {
      name: digest([space, method, params["name"], key]),
      fingerprint: digest([principal?.scopes.toSorted(), params]),
      owner: digest(owner),
    };
  };
}

function digest(parts: readonly unknown[]): string {
  return hash("sha256", canonicalJson(parts), "base64url");
}
