import type { Context } from "../context/context.ts";
import type { ListedResource } from "../definitions/resource.ts";
import { KitError } from "../errors/kit-error.ts";
import { isRecord } from "../json/is-record.ts";
import { toJsonValue } from "../json/json-value.ts";
import type { Catalog, ListPage, ResourceTemplateEntry } from "./catalog.ts";
import { fromCursor, toCursor, type CursorPosition } from "./cursor.ts";
import type { ListedItem } from "./listing.ts";
import { normalizeUri } from "./normalize-uri.ts";

/** A listed item with the URI by which it is told from others. */
interface Dynamic {
  readonly key: string;
  readonly item: ListedItem;
}

/**
 * One page of `resources/list` (MCP, resources, listing resources): the fixed resources, then what each template's
 * `list` yields, in the templates' order. A URI is listed once, and a fixed resource wins. The templates are asked at
 * each listing, all at once, but only for pages that the fixed ones do not fill.
 *
 * @throws KitError `INVALID_PARAMS` for a cursor that is not ours, `INVALID_OUTPUT` for a listed URI that is none, and
 * whatever a `list` callback throws
 */
export async function listResources(catalog: Catalog, cursor: string | undefined, context: Context): Promise<ListPage> {
  const { pageSize, listers } = catalog;
  const position = cursor === undefined ? undefined : fromCursor(cursor, ["resources", "listedResources"]);
  const fixed =
    position?.kind === "listedResources" ? { items: [], nextCursor: undefined } : catalog.page("resources", cursor);
  if (fixed.nextCursor !== undefined || listers.length === 0) return fixed;

  const dynamic = await listDynamic(catalog, context);
  const start = position?.kind === "listedResources" ? startAfter(dynamic, position) : 0;
  const shown = dynamic.slice(start, start + pageSize - fixed.items.length);
  const end = start + shown.length;
  return {
    items: [...fixed.items, ...shown.map(({ item }) => item)],
    nextCursor:
      end < dynamic.length
        ? toCursor({ kind: "listedResources", after: shown.at(-1)?.key ?? "", at: end - 1 })
        : undefined,
  };
}

async function listDynamic(catalog: Catalog, context: Context): Promise<readonly Dynamic[]> {
  const lists = await Promise.all(
    catalog.listers.map(async (entry) => ({ entry, listed: await list(entry, context) })),
  );
  const unique = new Map<string, Dynamic>();
  for (const { entry, listed } of lists) {
    for (const resource of listed) {
      const key = normalizeUri(resource.uri)?.href;
      if (key === undefined) {
        const uri = JSON.stringify(resource.uri);
        throw new KitError(
          "INVALID_OUTPUT",
          `"list" of resource template ${entry.name} returned ${uri}, which is no absolute URI`,
        );
      }
      if (!catalog.resources.has(key) && !unique.has(key)) unique.set(key, { key, item: toItem(resource, entry) });
    }
  }
  return [...unique.values()];
}

async function list({ name, definition }: ResourceTemplateEntry, context: Context): Promise<readonly ListedResource[]> {
  const listed: unknown = (await definition.list?.(context)) ?? [];
  const source = `"list" of resource template ${name}`;
  const items = toJsonValue(listed, source);
  if (Array.isArray(items) && items.every(isListedResource)) return items;
  throw new KitError("INVALID_OUTPUT", `${source} must return a list of { uri, name }`);
}

function isListedResource(item: unknown): item is ListedResource {
  return isRecord(item) && typeof item["uri"] === "string" && typeof item["name"] === "string";
}

function toItem(resource: ListedResource, { definition }: ResourceTemplateEntry): ListedItem {
  const { uri, name, title, description, mimeType = definition.mimeType, size } = resource;
  return {
    uri,
    name,
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    ...(mimeType !== undefined && { mimeType }),
    ...(size !== undefined && { size }),
  };
}

function startAfter(dynamic: readonly Dynamic[], { after, at }: CursorPosition): number {
  const found = after === "" ? -1 : dynamic.findIndex(({ key }) => key === after);
  return found === -1 ? Math.min(Math.max(at + 1, 0), dynamic.length) : found + 1;
}
