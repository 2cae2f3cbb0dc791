import { createHash, hash } from "node:crypto";
import { canonicalJson, type Call, type Catalog, type CatalogEntry } from "@plinth/core";
import { anonymousKey } from "../identity/anonymous-key.ts";
import { createAudienceKey } from "../identity/audience-key.ts";

/**
 * Who shares an answer: everybody, everybody in a tenant, or nobody but the caller himself. Callers without a tenant share
 * nothing under `"tenant"`.
 */
export type CacheScope = "principal" | "tenant" | "public";

/** Options for {@link createCacheKey}. */
export interface CacheKeyOptions {
  readonly scope: CacheScope;
  /** Anything else that the answer depends on. */
  readonly vary: unknown;
}

/** `_meta` that is about the exchange and not about the answer. */
const exchangeMeta: ReadonlySet<string> = new Set([
  "progressToken",
  "traceparent",
  "tracestate",
  "baggage",
  "dev.plinth/idempotencyKey",
]);

/**
 * Makes the function that names a call's answer: everything that it may depend on, in one JSON list, whose parts cannot run
 * into each other, as a SHA-256. @throws RangeError for parameters that nest deeper than the stack allows
 */
export function createCacheKey(): (call: Call, options: CacheKeyOptions) => string {
  const audienceKey = createAudienceKey();
  const digestOf = createCatalogDigest();

  return (call, { scope, vary }) => {
    const { method, params, context, catalog } = call;
    const { era, protocolVersion, client, meta, tenant } = context;
    const parts = [
      method,
      params,
      audienceOf(call, scope === "tenant" && tenant === undefined ? "principal" : scope),
      // By content, and not by the revision, which another process counts differently.
      digestOf(catalog),
      [era, protocolVersion, client.capabilities],
      Object.fromEntries(Object.entries(meta).filter(([name]) => !exchangeMeta.has(name))),
      vary,
    ];
    return hash("sha256", canonicalJson(parts), "base64url");
  };

  function audienceOf(call: Call, scope: CacheScope): readonly unknown[] {
    if (scope === "public") return ["public"];
    if (scope === "tenant") return ["tenant", call.context.tenant];
    const { principal, sessionId } = call.context;
    return ["principal", audienceKey(call), principal === undefined ? anonymousKey(call) : (sessionId ?? null)];
  }
}

/** What a catalog offers, as a digest. Views share their entries, so each entry is rendered once. */
function createCatalogDigest(): (catalog: Catalog) => string {
  const byEntry = new WeakMap<CatalogEntry, string>();
  const byCatalog = new WeakMap<Catalog, string>();

  const digestOfEntry = (entry: CatalogEntry): string => {
    let digest = byEntry.get(entry);
    if (digest === undefined) {
      digest = hash("sha256", JSON.stringify([entry.kind, entry.name, entry.listed]), "base64url");
      byEntry.set(entry, digest);
    }
    return digest;
  };

  return (catalog) => {
    let digest = byCatalog.get(catalog);
    if (digest === undefined) {
      const whole = createHash("sha256").update(String(catalog.pageSize));
      for (const entries of [catalog.tools, catalog.prompts, catalog.resources, catalog.resourceTemplates]) {
        for (const entry of entries.values()) whole.update(digestOfEntry(entry));
      }
      byCatalog.set(catalog, (digest = whole.digest("base64url")));
    }
    return digest;
  };
}
