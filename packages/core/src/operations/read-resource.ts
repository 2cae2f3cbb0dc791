import type { ResourceEntry, ResourceTemplateEntry } from "../catalog/catalog.ts";
import type { UriVariables } from "../catalog/uri-template.ts";
import { toResourceContents } from "../definitions/resource-contents.ts";
import { describeProblems } from "../definitions/schema-problems.ts";
import { KitError } from "../errors/kit-error.ts";
import { quote } from "../errors/quote.ts";
import type { Call, Result } from "../pipeline/call.ts";
import type { Operation } from "../pipeline/operation.ts";
import { requireString } from "./params.ts";

/** `resources/read` (MCP 2026-07-28, resources, reading resources). */
export const readResource: Operation = {
  method: "resources/read",
  capability: "resources",
  target: (catalog, params) =>
    typeof params["uri"] === "string" ? catalog.findResource(params["uri"])?.entry : undefined,
  async run(call, catalog) {
    const uri = requireString(call.params, "uri", call.method);
    const found = catalog.findResource(uri);
    if (found === undefined) throw notFound(uri);
    const { entry, url } = found;
    const { definition } = entry;
    const params = await checkVariables(entry, found.variables, uri);
    const returned = await definition.read(params, call.context, url);
    if (returned === undefined) throw notFound(uri);
    const contents = await toResourceContents(returned, {
      uri,
      mimeType: definition.mimeType,
      maxBytes: definition.maxBytes,
      signal: call.signal,
    });
    return withCacheHints({ contents }, entry, call);
  },
};

async function checkVariables(
  entry: ResourceEntry | ResourceTemplateEntry,
  variables: UriVariables,
  uri: string,
): Promise<unknown> {
  if (entry.kind === "resource" || entry.params === undefined) return variables;
  const checked = await entry.params.check(variables);
  if (checked.ok) return checked.value;
  const problems = describeProblems(checked.problems);
  throw new KitError("RESOURCE_NOT_FOUND", `No resource ${quote(uri)}: ${problems}`, { data: { uri } });
}

/** Cache hints exist in the modern era alone (MCP 2026-07-28, caching). */
function withCacheHints(result: Result, { definition }: ResourceEntry | ResourceTemplateEntry, call: Call): Result {
  if (call.context.era === "legacy") return result;
  return { ...result, ttlMs: definition.ttlMs ?? 0, cacheScope: definition.cacheScope ?? "private" };
}

function notFound(uri: string): KitError {
  return new KitError("RESOURCE_NOT_FOUND", `No resource ${quote(uri)}`, { data: { uri } });
}
