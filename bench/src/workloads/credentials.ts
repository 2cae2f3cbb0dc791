import { exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";

/** A caller's access token, and the public key that it was signed for. */
export interface Credentials {
  readonly token: string;
  readonly publicKey: JWK;
}

/** Who gives out the tokens of a benchmark, and whom they are for. */
export const issuer = "https://auth.bench.example";
export const audience = "https://mcp.bench.example/mcp";

/** Makes a token as an authorization server would: ES256, with the claims of RFC 9068, valid for an hour. */
export async function createCredentials(): Promise<Credentials> {
  const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true });
  const token = await new SignJWT({ scope: "tools:read tools:write", client_id: "bench", tenant: "acme" })
    .setProtectedHeader({ alg: "ES256", typ: "at+jwt", kid: "bench" })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject("user-4711")
    .setIssuedAt()
    .setExpirationTime("1h")
    .sign(privateKey);
  return { token, publicKey: { ...(await exportJWK(publicKey)), alg: "ES256" } };
}
