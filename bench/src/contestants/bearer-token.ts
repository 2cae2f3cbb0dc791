import { hash } from "node:crypto";
import { KitError, type HttpRequestInfo, type Principal } from "@plinth/core";
import { importJWK, jwtVerify } from "jose";
import { audience, issuer, type Credentials } from "../workloads/credentials.ts";

/** Tokens that are remembered; beyond, all are verified anew once. */
const maxRemembered = 1_000;

/**
 * Verifies bearer tokens as a resource server does (RFC 6750, RFC 9068), and remembers by its hash one that was right until it
 * expires: a signature costs more than everything else that a call does.
 */
export async function bearerToken({
  publicKey,
}: Credentials): Promise<(request: HttpRequestInfo) => Principal | Promise<Principal>> {
  const key = await importJWK(publicKey);
  const remembered = new Map<string, { readonly principal: Principal; readonly expiresAt: number }>();

  async function verify(token: string, digest: string): Promise<Principal> {
    const { payload } = await jwtVerify(token, key, { issuer, audience, algorithms: ["ES256"], typ: "at+jwt" }).catch(
      () => {
        throw new KitError("UNAUTHENTICATED", "The token is not valid here");
      },
    );
    const principal = {
      id: String(payload.sub),
      scopes: String(payload["scope"]).split(" "),
      tenant: String(payload["tenant"]),
      claims: payload,
    };
    if (remembered.size >= maxRemembered) remembered.clear();
    remembered.set(digest, { principal, expiresAt: Number(payload.exp) * 1_000 });
    return principal;
  }

  return ({ headers }) => {
    const header = headers.get("authorization");
    if (header?.startsWith("Bearer ") !== true) throw new KitError("UNAUTHENTICATED", "A bearer token is needed");
    const token = header.slice(7);
    const digest = hash("sha256", token, "base64");
    const known = remembered.get(digest);
    return known !== undefined && known.expiresAt > Date.now() ? known.principal : verify(token, digest);
  };
}
