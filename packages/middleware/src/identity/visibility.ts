import {
  assertWholeNumber,
  narrowCatalog,
  type Call,
  type Catalog,
  type CatalogEntry,
  type Middleware,
} from "@plinth/core";
import { createAudienceKey } from "./audience-key.ts";
import { tenantSettings, type HiddenEntries } from "./tenant-settings.ts";

/** Options for {@link visibility}. */
export interface VisibilityOptions {
  /** Hidden from everybody. What a tenant's settings hide is hidden from the tenant besides. @default nothing */
  readonly hide?: HiddenEntries;
  /**
   * Whether a caller sees an entry. Asked once for each audience and catalog, so it must go by nothing but the entry and
   * what makes the audience. @default whatever is not hidden
   */
  readonly isVisible?: (entry: CatalogEntry, call: Call) => boolean;
  /**
   * A text that is the same for calls which see the same. **Security:** what `isVisible` looks at must be in it.
   * @default tenant, principal id, scopes and claims
   */
  readonly audience?: (call: Call) => string;
  /** Views that are kept for each catalog; beyond, the one that was used least recently is made again. @default 1_000 */
  readonly maxViews?: number;
}

/** Stands for calls without settings of a tenant. */
const noSettings: object = Object.freeze({});

/**
 * Narrows what a caller sees: lists, calls, reads, prompts and completion agree, and what is hidden is answered exactly
 * like what does not exist. `ctx.invoke` passes through it as well.
 *
 * @throws KitError `MISUSE` when made with what cannot be
 */
export function visibility({ hide = {}, isVisible, audience, maxViews = 1_000 }: VisibilityOptions = {}): Middleware {
  assertWholeNumber("maxViews", maxViews, { least: 1 });
  const isHidden = toMatcher(hide);
  const audienceKey = audience ?? (isVisible === undefined ? () => "" : createAudienceKey());
  // Views of a catalog that is gone go with it, and so do those for settings that were replaced.
  const byCatalog = new WeakMap<Catalog, WeakMap<object, Map<string, Catalog>>>();

  const viewsOf = (catalog: Catalog, settings: object): Map<string, Catalog> => {
    let bySettings = byCatalog.get(catalog);
    if (bySettings === undefined) byCatalog.set(catalog, (bySettings = new WeakMap()));
    let views = bySettings.get(settings);
    if (views === undefined) bySettings.set(settings, (views = new Map()));
    return views;
  };

  const narrow = (call: Call, hiddenFromTenant: HiddenEntries = {}): Catalog => {
    const isHiddenFromTenant = toMatcher(hiddenFromTenant);
    return narrowCatalog(
      call.catalog,
      (entry) => !isHidden(entry) && !isHiddenFromTenant(entry) && (isVisible?.(entry, call) ?? true),
    );
  };

  return function visibility(call, next) {
    const settings = call.context.state.get(tenantSettings);
    const views = viewsOf(call.catalog, settings ?? noSettings);
    const key = audienceKey(call);
    let catalog = views.get(key);
    if (catalog === undefined) catalog = narrow(call, settings?.hide);
    else if (views.size > maxViews / 2) views.delete(key);
    else return next(call.with({ catalog }));
    // Put at the end, which is the last to go. A map that is not half full need not know.
    views.set(key, catalog);
    if (views.size > maxViews) views.delete(views.keys().next().value as string);
    return next(call.with({ catalog }));
  };
}

function toMatcher({ names = [], tags = [] }: HiddenEntries): (entry: CatalogEntry) => boolean {
  const hiddenNames = new Set(names);
  const hiddenTags = new Set(tags);
  return (entry) => hiddenNames.has(entry.name) || entry.tags.some((tag) => hiddenTags.has(tag));
}
