import type { ServerCapabilities } from "@modelcontextprotocol/server";
import type { Catalog } from "../catalog/catalog.ts";
import { frozenJson } from "../json/frozen-json.ts";

/** What a server announces. */
export interface Capabilities {
  /** As of now; the kinds that the catalog has ever had, so that a kind does not come and go with its last member. */
  readonly current: () => ServerCapabilities;
  /** Announces an extension (MCP 2026-07-28, extensions). */
  announce(extension: string, settings: Readonly<Record<string, unknown>>): void;
}

/** Derives what a server announces from what it has. */
export function createCapabilities(catalog: () => Catalog): Capabilities {
  const extensions: Record<string, Record<string, unknown>> = {};
  const seen = { tools: false, resources: false, prompts: false, completions: false };
  // Every HTTP request asks, and the answer changes with the catalog alone.
  let known: { readonly from: Catalog; readonly capabilities: ServerCapabilities } | undefined;

  function derive({ tools, prompts, resources, resourceTemplates }: Catalog): ServerCapabilities {
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

  return {
    current() {
      const from = catalog();
      if (known?.from !== from) known = { from, capabilities: frozenJson(derive(from)) };
      return known.capabilities;
    },
    announce(extension, settings) {
      extensions[extension] = { ...settings };
      known = undefined;
    },
  };
}
