import { KitError } from "../errors/kit-error.ts";
import type { Catalog, CatalogEntry } from "./catalog.ts";
import { compileCatalog, entriesOf } from "./compile-catalog.ts";

/** By view, the catalog whose look-up by URI it uses. */
const wholes = new WeakMap<Catalog, Catalog>();

/**
 * The part of a catalog that some audience may see: lists, calls, reads and completion agree on what there is. Pages are
 * rendered once per view, so keep one for each audience and revision.
 *
 * A URI that belongs to a hidden entry is not found at all, also when a visible template would match it.
 *
 * @throws KitError `MISUSE` for a catalog that no server made
 */
export function narrowCatalog(catalog: Catalog, keep: (entry: CatalogEntry) => boolean): Catalog {
  const whole = wholes.get(catalog) ?? catalog;
  const source = entriesOf(catalog);
  if (source === undefined) throw new KitError("MISUSE", "narrowCatalog() needs the catalog of a server or a call");
  const { revision, pageSize } = catalog;
  const entries = source.filter(({ entry }) => keep(entry));
  const kept = new Set<CatalogEntry>(entries.map(({ entry }) => entry));
  const view = compileCatalog({
    revision,
    entries,
    pageSize,
    findResource(uri) {
      const found = whole.findResource(uri);
      return found !== undefined && kept.has(found.entry) ? found : undefined;
    },
  });
  wholes.set(view, whole);
  return view;
}
