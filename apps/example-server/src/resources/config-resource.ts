import { defineResource } from "@plinth/core";
import type { ExampleConfig } from "../config.ts";

/** The running server's settings as YAML. Secrets are redacted: a `Secret` turns into its mask when it is written. */
export function configResource(config: ExampleConfig) {
  const components = new Map<string, object>(Object.entries(config));
  return defineResource({
    uri: "config://server/{component}",
    name: "config",
    title: "Server settings",
    description: "The settings of one part of the server, as YAML. Secrets are redacted.",
    mimeType: "application/yaml",
    list: () => [...components.keys()].map((name) => ({ uri: `config://server/${name}`, name: `config-${name}` })),
    complete: { component: (typed) => [...components.keys()].filter((name) => name.startsWith(typed)) },
    async read({ component = "" }) {
      const settings = components.get(component);
      if (settings === undefined) return undefined;
      // Loaded here, since it is 70 files, and a client that starts the server waits for its lists.
      const { stringify } = await import("yaml");
      return stringify(settings);
    },
  });
}
