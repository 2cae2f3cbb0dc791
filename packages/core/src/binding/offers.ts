import type { ServerCapabilities } from "@modelcontextprotocol/server";
import type { Catalog } from "../catalog/catalog.ts";
import { frozenJson } from "../json/frozen-json.ts";
import { renderOnce } from "../json/rendered-json.ts";
import type { Operation } from "../pipeline/operation.ts";

/** What a server tells a client that it can do. */
export interface Offer {
  /** The kinds that the catalog has ever had, so that a kind does not come and go with its last member. */
  readonly capabilities: ServerCapabilities;
  /** The methods that these capabilities let exist (MCP 2026-07-28, capability negotiation). */
  readonly methods: readonly string[];
}

/** Options for {@link createOffers}. */
export interface OffersOptions {
  readonly catalog: () => Catalog;
  /** By method. */
  readonly operations: ReadonlyMap<string, Operation>;
}

/** The offers of one server. */
export interface Offers {
  /** As of now. */
  readonly current: () => Offer;
  /** Announces an extension (MCP 2026-07-28, extensions), whose method has joined the operations. */
  announce(extension: string, settings: Readonly<Record<string, unknown>>): void;
}

/** Derives what a server offers from what it has. */
export function createOffers({ catalog, operations }: OffersOptions): Offers {
  const extensions: Record<string, Record<string, unknown>> = {};
  const seen = { tools: false, resources: false, prompts: false, completions: false };
  // Every HTTP request asks, and the answer changes with the catalog and the extensions alone.
  let known: { readonly from: Catalog; readonly offer: Offer } | undefined;

  function toCapabilities({ tools, prompts, resources, resourceTemplates }: Catalog): ServerCapabilities {
    seen.tools ||= tools.size > 0;
    seen.prompts ||= prompts.size > 0;
    seen.resources ||= resources.size + resourceTemplates.size > 0;
    seen.completions ||= [...prompts.values(), ...resourceTemplates.values()].some(
      ({ definition }) => definition.complete !== undefined,
    );
    return {
      logging: {},
      ...(seen.completions && { completions: {} }),
      ...(seen.tools && { tools: { listChanged: true } }),
      ...(seen.prompts && { prompts: { listChanged: true } }),
      ...(seen.resources && { resources: { listChanged: true, subscribe: true } }),
      ...(Object.keys(extensions).length > 0 && { extensions }),
    } as ServerCapabilities;
  }

  function toOffer(from: Catalog): Offer {
    const capabilities = renderOnce(frozenJson(toCapabilities(from)));
    const served = [...operations.values()].filter(
      ({ capability }) => capability === undefined || capabilities[capability] !== undefined,
    );
    return { capabilities, methods: served.map(({ method }) => method) };
  }

  return {
    current() {
      const from = catalog();
      if (known?.from !== from) known = { from, offer: toOffer(from) };
      return known.offer;
    },
    announce(extension, settings) {
      extensions[extension] = { ...settings };
      known = undefined;
    },
  };
}
