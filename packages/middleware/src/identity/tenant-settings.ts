import { contextKey, type ContextKey } from "@plinth/core";

/** Entries of the catalog, by name or tag. */
export interface HiddenEntries {
  /** Names of tools and prompts, URIs of resources, templates as written. */
  readonly names?: readonly string[];
  readonly tags?: readonly string[];
}

/** What a server keeps about one tenant; see `tenancy({ tenants })`. */
export interface TenantSettings {
  /** Folders that the tenant's files live in. */
  readonly roots?: readonly string[];
  /** Numbers by which middleware limits the tenant, by a name of your own. */
  readonly limits?: Readonly<Record<string, number>>;
  /** What `visibility` hides from the tenant. */
  readonly hide?: HiddenEntries;
  /** Anything else. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** Where `tenancy` leaves the settings of a call's tenant: `context.state.get(tenantSettings)`. */
export const tenantSettings: ContextKey<TenantSettings> = contextKey<TenantSettings>("tenant settings");
