import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from "node:crypto";
import { KitError } from "../errors/kit-error.ts";
import { canonicalJson } from "../json/canonical-json.ts";
import type { Incoming } from "../protocol/incoming.ts";

/** Options for {@link createStateSealer}. */
export interface StateSealerOptions {
  /**
   * Secrets of at least 32 bytes. The first seals, all of them open, so a key is rotated by putting the new one in
   * front and dropping the old one after `ttlSeconds`. A string stands for its UTF-8 bytes and is never decoded, so the
   * output of `openssl rand -base64 32` is a good key as it is. **Security:** replicas behind one address must share
   * the keys, or a retry that reaches another replica is refused.
   * @default one random key per process
   */
  readonly keys?: readonly (Uint8Array | string)[];
  /** Seconds for which the client may come back with the state. @default 600 */
  readonly ttlSeconds?: number;
  /** Characters that a sealed state may have; the client carries it back and forth. @default 65_536 */
  readonly maxLength?: number;
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number;
}

/** What a sealed state belongs to: it opens for no other caller, tenant, operation or arguments. */
export interface StateBinding {
  readonly principal: string | undefined;
  readonly tenant: string | undefined;
  readonly method: string;
  /** Tool or prompt name, or resource URI. */
  readonly target: string;
  readonly arguments: unknown;
}

/** Turns what a call must remember between two rounds into text that only this server can read or make, and back. */
export interface StateSealer {
  /** @throws KitError `TOO_LARGE` when the sealed text is longer than `maxLength` */
  seal(payload: unknown, binding: StateBinding): string;
  /**
   * @throws KitError `INVALID_REQUEST_STATE`, always with the same message; the reason is in `cause`, for the log alone
   */
  unseal(token: string, binding: StateBinding): unknown;
}

interface SealingKey {
  readonly id: Buffer;
  readonly secret: Buffer;
}

// Token, in base64url: version (1 byte), key id (8), nonce (12), ciphertext, tag (16). The version is the first byte,
// so a later format is refused as unknown and not misread.
const version = 1;
const keyIdEnd = 9;
const nonceEnd = 21;
const tagBytes = 16;
const cipherName = "aes-256-gcm";

/**
 * Seals request state with AES-256-GCM (NIST SP 800-38D) under keys derived with HKDF-SHA256 (RFC 5869). The key id in
 * the token makes rotation a look-up; the binding is authenticated and not stored. Meets MCP 2026-07-28, multi round
 * trip requests, server requirements 4 and 5. It bounds replay (same caller, same call, until expiry) and does not
 * prevent it: what must happen at most once needs a record of its own.
 *
 * Nonces are random, so one key is good for 2^32 seals; questions come at the pace of people.
 *
 * @throws KitError `MISUSE` for a short key, an empty ring, or a `ttlSeconds` or `maxLength` that is not positive
 */
export function createStateSealer({
  keys = [randomBytes(32)],
  ttlSeconds = 600,
  maxLength = 65_536,
  now = Date.now,
}: StateSealerOptions = {}): StateSealer {
  assertPositive("ttlSeconds", ttlSeconds);
  assertPositive("maxLength", maxLength);
  const [active, ...older] = keys.map(deriveKey);
  if (active === undefined) throw new KitError("MISUSE", "keys is empty; give at least one, or leave the option out");
  const ring = new Map([active, ...older].map((key) => [key.id.toString("hex"), key]));

  function open(token: string, binding: StateBinding): unknown {
    if (token.length > maxLength) throw new Error(`${token.length} characters, more than ${maxLength}`);
    const bytes = Buffer.from(token, "base64url");
    // Decoding skips what is not base64url and ignores spare bits, so many texts give the same bytes: accept one of
    // them.
    if (bytes.toString("base64url") !== token) throw new Error("not base64url as this server writes it");
    if (bytes.length < nonceEnd + tagBytes) throw new Error(`${bytes.length} bytes, too short`);
    if (bytes[0] !== version) throw new Error(`unknown version ${bytes[0]}`);
    const key = ring.get(bytes.toString("hex", 1, keyIdEnd));
    if (key === undefined) throw new Error("sealed with a key that is not in the ring");

    const nonce = bytes.subarray(keyIdEnd, nonceEnd);
    const decipher = createDecipheriv(cipherName, key.secret, nonce, { authTagLength: tagBytes });
    decipher.setAAD(additionalData(bytes.subarray(0, keyIdEnd), binding));
    decipher.setAuthTag(bytes.subarray(-tagBytes));
    const plain = Buffer.concat([decipher.update(bytes.subarray(nonceEnd, -tagBytes)), decipher.final()]);
    const [expiresAt, payload] = JSON.parse(plain.toString("utf8")) as [number, unknown];
    if (now() >= expiresAt) throw new Error(`expired at ${new Date(expiresAt).toISOString()}`);
    return payload;
  }

  return {
    seal(payload, binding) {
      const header = Buffer.concat([Buffer.of(version), active.id]);
      const nonce = randomBytes(nonceEnd - keyIdEnd);
      const cipher = createCipheriv(cipherName, active.secret, nonce, { authTagLength: tagBytes });
      cipher.setAAD(additionalData(header, binding));
      const plain = JSON.stringify([now() + ttlSeconds * 1000, payload]);
      const parts = [header, nonce, cipher.update(plain, "utf8"), cipher.final(), cipher.getAuthTag()];
      const token = Buffer.concat(parts).toString("base64url");
      if (token.length > maxLength) {
        throw new KitError(
          "TOO_LARGE",
          `This call has to remember ${token.length} characters until the client answers, more than the ` +
            `${maxLength} allowed; let once() return less, for example an id, and ask for shorter answers`,
        );
      }
      return token;
    },
    unseal(token, binding) {
      try {
        return open(token, binding);
      } catch (cause) {
        // One message for all reasons: which check failed would help whoever is forging a state.
        throw new KitError("INVALID_REQUEST_STATE", "Invalid or expired requestState", { cause });
      }
    },
  };
}

/**
 * The operation as the client sent it. A retry repeats the original request, so this is what both rounds have in
 * common.
 */
export function stateBindingOf({ method, params, principal }: Incoming, tenant: string | undefined): StateBinding {
  const target = params["name"] ?? params["uri"];
  return {
    principal: principal?.id,
    tenant,
    method,
    // What is no text addresses nothing; the operation says so when it reads its parameters.
    target: typeof target === "string" ? target : "",
    arguments: params["arguments"] ?? {},
  };
}

/** Everything a token is bound to, as one unambiguous text: a JSON array, in which no two bindings look alike. */
function additionalData(header: Uint8Array, { principal, tenant, method, target, ...call }: StateBinding): Buffer {
  const digest = createHash("sha256").update(canonicalJson(call.arguments)).digest("base64");
  const bound = JSON.stringify([principal ?? null, tenant ?? null, method, target, digest]);
  return Buffer.concat([header, Buffer.from(bound, "utf8")]);
}

function deriveKey(key: Uint8Array | string, index: number): SealingKey {
  const bytes = typeof key === "string" ? Buffer.from(key, "utf8") : key;
  if (bytes.length < 32) {
    throw new KitError(
      "MISUSE",
      `keys[${index}] has ${bytes.length} bytes; a key needs at least 32, for example from openssl rand -base64 32`,
    );
  }
  const derive = (use: string, length: number): Buffer =>
    Buffer.from(hkdfSync("sha256", bytes, "", `plinth/request-state/v${version}/${use}`, length));
  return { id: derive("key-id", keyIdEnd - 1), secret: derive("seal", 32) };
}

function assertPositive(name: string, value: number): void {
  if (!(Number.isFinite(value) && value > 0)) {
    throw new KitError("MISUSE", `${name} is ${value}; give a number above 0`);
  }
}
