import { renderOnce } from "../json/rendered-json.ts";
import type {
  Catalog,
  CatalogEntry,
  FoundResource,
  ListKind,
  ListPage,
  PromptEntry,
  ResourceEntry,
  ResourceTemplateEntry,
  ToolEntry,
} from "./catalog.ts";
import { fromCursor, toCursor } from "./cursor.ts";
import { normalizeUri } from "./normalize-uri.ts";
import type { UriVariables } from "./uri-template.ts";

/** A compiled entry with its place in the order of additions, which only grows. */
export interface PlacedEntry {
  readonly entry: CatalogEntry;
  readonly place: number;
}

/** What a snapshot is made from. */
export interface CompileCatalogOptions {
  readonly revision: number;
  /** The entries to show, in order of addition. */
  readonly entries: readonly PlacedEntry[];
  /** Entries per list page. */
  readonly pageSize: number;
  /** How an entry is found by URI. @default among `entries` */
  readonly findResource?: Catalog["findResource"];
}

/** What each snapshot was made from, for the views of it. */
const sources = new WeakMap<Catalog, readonly PlacedEntry[]>();

/** The entries that a catalog was made from; `undefined` for one that was not made here. */
export function entriesOf(catalog: Catalog): readonly PlacedEntry[] | undefined {
  return sources.get(catalog);
}

/** Arranges compiled entries for look-up and listing. Pages are made when first asked for, and then kept. */
export function compileCatalog(options: CompileCatalogOptions): Catalog {
  const { revision, entries, pageSize } = options;
  const tools = new Map<string, ToolEntry>();
  const prompts = new Map<string, PromptEntry>();
  const resources = new Map<string, ResourceEntry>();
  const resourceTemplates = new Map<string, ResourceTemplateEntry>();
  const lists: Readonly<Record<ListKind, PlacedEntry[]>> = {
    tools: [],
    prompts: [],
    resources: [],
    resourceTemplates: [],
  };
  for (const placed of entries) {
    const { entry } = placed;
    switch (entry.kind) {
      case "tool":
        tools.set(entry.name, entry);
        lists.tools.push(placed);
        break;
      case "prompt":
        prompts.set(entry.name, entry);
        lists.prompts.push(placed);
        break;
      case "resource":
        resources.set(entry.name, entry);
        lists.resources.push(placed);
        break;
      case "resource-template":
        resourceTemplates.set(entry.name, entry);
        lists.resourceTemplates.push(placed);
        break;
    }
  }
  const pages = new Map<ListKind, Map<number, ListPage>>();
  function findResource(uri: string): FoundResource | undefined {
    const url = normalizeUri(uri);
    if (url === undefined) return undefined;
    const entry = resources.get(url.href);
    if (entry !== undefined) return { entry, variables: noVariables, url };
    for (const template of resourceTemplates.values()) {
      const variables = template.matcher.match(url.href);
      if (variables !== undefined) return { entry: template, variables, url };
    }
    return undefined;
  }

  const catalog = Object.freeze({
    revision,
    pageSize,
    tools,
    prompts,
    resources,
    resourceTemplates,
    listers: Object.freeze([...resourceTemplates.values()].filter(({ definition }) => definition.list !== undefined)),
    page(kind, cursor) {
      const list = lists[kind];
      const start = cursor === undefined ? 0 : startAfter(list, kind, cursor);
      let kept = pages.get(kind);
      if (kept === undefined) pages.set(kind, (kept = new Map()));
      let page = kept.get(start);
      if (page === undefined) kept.set(start, (page = renderPage(list, kind, start, pageSize)));
      return page;
    },
    findResource: options.findResource ?? findResource,
  } satisfies Catalog);
  sources.set(catalog, entries);
  return catalog;
}

const noVariables: UriVariables = Object.freeze({});

function startAfter(list: readonly PlacedEntry[], kind: ListKind, cursor: string): number {
  const { after, at } = fromCursor(cursor, [kind]);
  const found = list.findIndex(({ entry }) => entry.name === after);
  if (found !== -1) return found + 1;
  const next = list.findIndex(({ place }) => place > at);
  return next === -1 ? list.length : next;
}

function renderPage(list: readonly PlacedEntry[], kind: ListKind, start: number, pageSize: number): ListPage {
  const shown = list.slice(start, start + pageSize);
  const last = shown.at(-1);
  const hasMore = start + pageSize < list.length;
  return Object.freeze({
    items: renderOnce(Object.freeze(shown.map(({ entry }) => entry.listed))),
    nextCursor: hasMore && last !== undefined ? toCursor({ kind, after: last.entry.name, at: last.place }) : undefined,
  });
}
