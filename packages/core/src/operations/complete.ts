import type { Catalog, CatalogEntry } from "../catalog/catalog.ts";
import type { Completers } from "../definitions/completion.ts";
import { KitError } from "../errors/kit-error.ts";
import { quote } from "../errors/quote.ts";
import { isRecord } from "../json/is-record.ts";
import type { Operation } from "../pipeline/operation.ts";
import { optionalObject, requireString, type Params } from "./params.ts";

/** The most values that one answer may carry (MCP, completion). */
const maxValues = 100;

/** `completion/complete` (MCP 2026-07-28, completion). */
export const complete: Operation = {
  method: "completion/complete",
  capability: "completions",
  target: (catalog, params) => (isRecord(params["ref"]) ? findReferenced(catalog, params["ref"]) : undefined),
  async run(call, catalog) {
    const reference = optionalObject(call.params, "ref", call.method);
    const argument = optionalObject(call.params, "argument", call.method);
    const name = requireString(argument, "name", `${call.method} argument`);
    const typed = requireString(argument, "value", `${call.method} argument`);
    const entry = findReferenced(catalog, reference);
    if (entry === undefined) {
      const missing = reference["name"] ?? reference["uri"];
      throw new KitError("INVALID_PARAMS", `Nothing to complete for: ${quote(missing)}`);
    }
    const completers: Completers = entry.kind === "tool" ? {} : (entry.definition.complete ?? {});
    const completer = Object.hasOwn(completers, name) ? completers[name] : undefined;
    const all: unknown = (await completer?.(typed, call.context, chosenArguments(call.params))) ?? [];
    if (!Array.isArray(all) || !all.every((value) => typeof value === "string")) {
      throw new KitError("INVALID_OUTPUT", `The completer of ${quote(name)} returned no list of strings`);
    }
    return { completion: { values: all.slice(0, maxValues), total: all.length, hasMore: all.length > maxValues } };
  },
};

function findReferenced(catalog: Catalog, reference: Params): CatalogEntry | undefined {
  if (reference["type"] === "ref/prompt") return catalog.prompts.get(reference["name"] as string);
  if (reference["type"] !== "ref/resource" || typeof reference["uri"] !== "string") return undefined;
  return catalog.resourceTemplates.get(reference["uri"]) ?? catalog.findResource(reference["uri"])?.entry;
}

function chosenArguments(params: Params): Readonly<Record<string, string>> {
  const context = params["context"];
  const chosen = isRecord(context) ? context["arguments"] : undefined;
  if (!isRecord(chosen)) return {};
  return Object.fromEntries(
    Object.entries(chosen).filter((pair): pair is [string, string] => typeof pair[1] === "string"),
  );
}
