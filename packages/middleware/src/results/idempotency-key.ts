import { KitError, type Call } from "@plinth/core";

/** The `_meta` member that carries a client's key. */
const metaKey = "dev.plinth/idempotencyKey";

/** Visible ASCII and no more than a key needs: it stands in digests and never in a log. */
const plainKey = /^[\x21-\x7e]{1,255}$/;

/**
 * The key that a client gave its call: in `_meta["dev.plinth/idempotencyKey"]`, or in the HTTP header `Idempotency-Key`,
 * which is a string in quotes (draft-ietf-httpapi-idempotency-key-header, RFC 8941) and here may also stand without. A
 * header belongs to the call that came with it, and to none that its handler makes.
 *
 * @throws KitError `INVALID_PARAMS` for what is no key, and for two that differ
 */
export function idempotencyKeyOf({ context, depth }: Call): string | undefined {
  if (depth > 0) return undefined;
  const inMeta = Object.hasOwn(context.meta, metaKey) ? context.meta[metaKey] : undefined;
  const header = context.http?.headers.get("idempotency-key") ?? undefined;
  if (inMeta === undefined && header === undefined) return undefined;
  const inHeader = header === undefined ? undefined : unquoted(header);
  if (inMeta !== undefined && inHeader !== undefined && inMeta !== inHeader) {
    throw new KitError("INVALID_PARAMS", `The header Idempotency-Key and _meta["${metaKey}"] differ; send one`);
  }
  const key = inMeta ?? inHeader;
  if (typeof key === "string" && plainKey.test(key)) return key;
  throw new KitError("INVALID_PARAMS", "An idempotency key has 1 to 255 visible ASCII characters, such as a UUID");
}

function unquoted(header: string): string {
  const inner = /^"((?:[^"\\]|\\["\\])*)"$/.exec(header)?.[1];
  return inner === undefined ? header : inner.replaceAll(/\\(["\\])/g, "$1");
}
