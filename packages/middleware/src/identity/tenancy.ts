import { assertWholeNumber, KitError, quote, type Awaitable, type Call, type Middleware } from "@plinth/core";
import { TenantDirectory } from "./tenant-directory.ts";
import { tenantSettings, type TenantSettings } from "./tenant-settings.ts";

/** Options for {@link tenancy}. */
export interface TenancyOptions {
  /**
   * Name of the verified claim that holds the caller's tenant, or a list of those that he may choose from. The
   * principal's own `tenant` comes before it. @default none
   */
  readonly claim?: string;
  /** Name of the HTTP header in which a client says for which tenant it calls. @default none */
  readonly header?: string;
  /** The path of the HTTP endpoint with the tenant in it, such as `/tenants/{tenant}/mcp`. @default none */
  readonly path?: string;
  /**
   * Believe the header or path of a caller who is bound to no tenant. **Security:** then every caller chooses his tenant,
   * unless something in front of the server sets it and lets no client do so. @default false
   */
  readonly trustHeader?: boolean;
  /** Refuse calls without a tenant. @default true */
  readonly required?: boolean;
  /** What a tenant's name looks like. **Security:** it becomes part of keys and paths. @default letters, digits, `.`, `_`, `-` */
  readonly pattern?: RegExp;
  /** The settings of a tenant; `undefined` for one that there is not. @default every tenant exists, and has none */
  readonly tenants?: (id: string) => Awaitable<TenantSettings | undefined>;
  /** Milliseconds for which settings are kept. @default 60_000 */
  readonly settingsTtlMs?: number;
  /** Milliseconds that `tenants` may take. @default 5_000 */
  readonly lookupMs?: number;
  /** Tenants whose settings are kept; beyond, the least recently looked up is forgotten. @default 1_000 */
  readonly maxTenants?: number;
}

const safeName = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** Longer is no name, and no pattern need look at it. */
const longestName = 128;

/**
 * Settles for which tenant a call is, on `context.tenant`, and leaves the tenant's settings on `context.state`. A caller
 * is bound by his token; a header or path may only say the same, or choose among what the token allows. Whoever names a
 * tenant that is not his gets the same answer as for one that does not exist.
 *
 * @throws KitError `FORBIDDEN`; `UNAVAILABLE` when the settings cannot be had; `MISUSE` when made with what cannot be
 */
export function tenancy(options: TenancyOptions = {}): Middleware {
  const { claim, header, path, trustHeader = false, required = true, pattern = safeName, tenants } = options;
  const { settingsTtlMs = 60_000, lookupMs = 5_000, maxTenants = 1_000 } = options;
  assertWholeNumber("settingsTtlMs", settingsTtlMs);
  assertWholeNumber("lookupMs", lookupMs, { least: 1 });
  assertWholeNumber("maxTenants", maxTenants, { least: 1 });
  if (pattern.global || pattern.sticky) {
    throw new KitError("MISUSE", `pattern is ${String(pattern)}; leave out g and y`);
  }
  if (header !== undefined) assertHeaderName(header);
  const place = path === undefined ? undefined : placeIn(path);
  const directory = tenants && new TenantDirectory({ lookUp: tenants, ttlMs: settingsTtlMs, lookupMs, maxTenants });

  const isName = (value: unknown): value is string =>
    typeof value === "string" && value.length <= longestName && pattern.test(value);

  /** What the client says, unproved. */
  const namedBy = ({ context: { http } }: Call): string | undefined => {
    if (http === undefined || (header === undefined && place === undefined)) return undefined;
    const inHeader = header === undefined ? undefined : (http.headers.get(header) ?? undefined);
    const inPath = place?.(http.url);
    if (inHeader !== undefined && inPath !== undefined && inHeader !== inPath) throw forbidden();
    return inHeader ?? inPath;
  };

  const choose = (call: Call): string | undefined => {
    const { principal } = call.context;
    const bound = principal?.tenant ?? (claim === undefined ? undefined : ownMember(principal?.claims, claim));
    const named = namedBy(call);
    if (Array.isArray(bound)) {
      if (named === undefined) return bound.length === 1 ? (bound[0] as string) : undefined;
      if (!bound.includes(named)) throw forbidden();
      return named;
    }
    if (bound !== undefined && bound !== null) {
      if (named !== undefined && named !== bound) throw forbidden();
      return bound as string;
    }
    if (named !== undefined && !trustHeader) throw forbidden();
    return named;
  };

  return function tenancy(call, next) {
    let tenant: string | undefined;
    try {
      tenant = choose(call);
      if (tenant === undefined && required) throw unnamed();
      if (tenant !== undefined && !isName(tenant)) throw forbidden();
    } catch (error) {
      call.emit({ part: "tenancy", action: "refused" });
      return Promise.reject(error);
    }
    if (tenant === undefined) return next();
    if (directory === undefined) {
      if (tenant !== call.context.tenant) call.assign({ tenant });
      return next();
    }
    const enter = (settings: TenantSettings | undefined) => {
      if (settings === undefined) {
        call.emit({ part: "tenancy", action: "refused" });
        return Promise.reject(forbidden());
      }
      if (tenant !== call.context.tenant) call.assign({ tenant });
      call.context.state.set(tenantSettings, settings);
      return next();
    };
    const known = directory.known(tenant);
    return known === undefined ? directory.lookUp(tenant).then(enter) : enter(known);
  };
}

function unnamed(): KitError {
  return new KitError("FORBIDDEN", "This server needs to know the tenant; call with what names it");
}

/** One text for all: it must not tell which tenants there are. */
function forbidden(): KitError {
  return new KitError("FORBIDDEN", "This caller may not act for that tenant; call with a token for it");
}

function ownMember(record: Readonly<Record<string, unknown>> | undefined, name: string): unknown {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
}

function assertHeaderName(header: string): void {
  if (/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(header)) return;
  throw new KitError("MISUSE", `header is ${quote(header)}; use the name of an HTTP header, such as "x-tenant"`);
}

/** Reads the tenant out of a request's path. Compared segment by segment, and never decoded: a name needs no escapes. */
function placeIn(path: string): (url: string) => string | undefined {
  const wanted = path.split("/");
  const at = wanted.indexOf("{tenant}");
  if (at === -1 || wanted.lastIndexOf("{tenant}") !== at || !path.startsWith("/")) {
    throw new KitError("MISUSE", `path is ${quote(path)}; write it like "/tenants/{tenant}/mcp"`);
  }
  return (url) => {
    const segments = (url.split(/[?#]/, 1)[0] ?? "").split("/");
    const fits = segments.length === wanted.length && wanted.every((part, i) => i === at || part === segments[i]);
    return fits ? segments[at] : undefined;
  };
}
