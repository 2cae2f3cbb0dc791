import { compileSchema } from "../definitions/compile-schema.ts";
import { assertPromptName, assertToolName } from "../definitions/component-name.ts";
import type { AnyPrompt } from "../definitions/prompt.ts";
import type { AnyResource } from "../definitions/resource.ts";
import type { CompiledSchema } from "../definitions/schema.ts";
import type { AnyTool } from "../definitions/tool.ts";
import { assertWholeNumber, longestTimerMs, type WholeNumberRange } from "../errors/assert-whole-number.ts";
import { KitError } from "../errors/kit-error.ts";
import { toError } from "../errors/to-error.ts";
import { isRecord } from "../json/is-record.ts";
import { scanParameterHeaders } from "../protocol/parameter-headers.ts";
import type {
  CatalogEntry,
  Component,
  PromptEntry,
  ResourceEntry,
  ResourceTemplateEntry,
  ToolEntry,
} from "./catalog.ts";
import { listPrompt, listResource, listResourceTemplate, listTool, type ListedItem } from "./listing.ts";
import { normalizeUri } from "./normalize-uri.ts";
import { isUriTemplate } from "./parse-uri-template.ts";
import { compileUriTemplate } from "./uri-template.ts";

/**
 * Entries by definition, for all servers of the process: an entry is frozen and depends on its definition alone, and a
 * new server over known definitions (each test makes one) starts in no time.
 */
const compiled = new WeakMap<Component, CatalogEntry>();

/**
 * Compiles one definition, once, with everything that serving it needs.
 *
 * @throws KitError `MISUSE` with a sentence for the author when something about the definition is wrong
 */
export function compileEntry(definition: Component): CatalogEntry {
  if (!isRecord(definition)) throw notAComponent();
  let entry = compiled.get(definition);
  // A definition that is not frozen may have changed since.
  if (entry === undefined || !Object.isFrozen(definition)) compiled.set(definition, (entry = compile(definition)));
  return entry;
}

function compile(definition: Component): CatalogEntry {
  switch (definition.kind) {
    case "tool":
      return compileTool(definition);
    case "prompt":
      return compilePrompt(definition);
    case "resource":
      return isUriTemplate(definition.uri) ? compileTemplate(definition) : compileResource(definition);
    default:
      throw notAComponent();
  }
}

function notAComponent(): KitError {
  return new KitError("MISUSE", "A component must come from defineTool, defineResource or definePrompt");
}

/**
 * The input schema of a tool without arguments. It lists `properties`, which some clients demand, and lets strays pass.
 */
const noInput: CompiledSchema = Object.freeze({
  json: Object.freeze({ type: "object", properties: Object.freeze({}) }),
  check: () => ({ ok: true, value: {} }) as const,
});

function compileTool(definition: AnyTool): ToolEntry {
  const { name } = definition;
  assertToolName(name);
  const owner = `tool ${JSON.stringify(name)}`;
  assertFunction(definition.handler, "handler", owner);
  assertOption("timeoutMs", definition.timeoutMs, owner, { least: 1, most: longestTimerMs });
  const input = definition.input === undefined ? noInput : compileSchema(definition.input, { use: "input", owner });
  const output = definition.output && compileSchema(definition.output, { use: "output", owner });
  return Object.freeze({
    kind: "tool",
    ...base(name, definition, owner),
    definition,
    input,
    output,
    parameterHeaders: scanHeaders(input, owner),
    listed: listing(owner, () => listTool(definition, input, output)),
  });
}

function compilePrompt(definition: AnyPrompt): PromptEntry {
  const { name } = definition;
  assertPromptName(name);
  const owner = `prompt ${JSON.stringify(name)}`;
  assertFunction(definition.render, "render", owner);
  const args = definition.arguments && compileSchema(definition.arguments, { use: "arguments", owner });
  const properties = args === undefined ? {} : args.json["properties"];
  // A union of objects has no properties at its root; then any name may be right.
  if (properties !== undefined) assertCompleters(definition.complete, Object.keys(properties as object), owner);
  return Object.freeze({
    kind: "prompt",
    ...base(name, definition, owner),
    definition,
    arguments: args,
    listed: listing(owner, () => listPrompt(definition, args)),
  });
}

function compileResource(definition: AnyResource): ResourceEntry {
  const owner = `resource ${JSON.stringify(definition.uri)}`;
  assertFunction(definition.read, "read", owner);
  assertReadOptions(definition, owner);
  const uri = normalizeUri(definition.uri)?.href;
  if (uri === undefined) {
    throw new KitError("MISUSE", `The ${owner} needs an absolute URI with a scheme, such as data://reports/today`);
  }
  for (const option of ["params", "list", "complete"] as const) {
    if (definition[option] === undefined) continue;
    throw new KitError(
      "MISUSE",
      `The ${owner} has "${option}", which is for templates: put a {variable} in its URI or remove it`,
    );
  }
  return Object.freeze({
    kind: "resource",
    ...base(uri, definition, owner),
    definition,
    listed: listing(owner, () => listResource(definition)),
  });
}

function compileTemplate(definition: AnyResource): ResourceTemplateEntry {
  const owner = `resource template ${JSON.stringify(definition.uri)}`;
  assertFunction(definition.read, "read", owner);
  assertReadOptions(definition, owner);
  const matcher = compileUriTemplate(definition.uri);
  const params = definition.params && compileSchema(definition.params, { use: "params", owner });
  assertCompleters(definition.complete, matcher.variables, owner);
  const required = params?.json["required"];
  const missing = Array.isArray(required)
    ? required.find((name) => !matcher.variables.includes(name as string))
    : undefined;
  if (missing !== undefined) {
    throw new KitError(
      "MISUSE",
      `The ${owner} requires the parameter ${JSON.stringify(missing)} but has no such variable`,
    );
  }
  return Object.freeze({
    kind: "resource-template",
    ...base(definition.uri, definition, owner),
    definition,
    params,
    matcher,
    listed: listing(owner, () => listResourceTemplate(definition)),
  });
}

function base(
  name: string,
  { tags = [], scopes = [], requires = [] }: Component,
  owner: string,
): Pick<CatalogEntry, "name" | "tags" | "scopes" | "requires"> {
  for (const [option, texts] of Object.entries({ tags, scopes, requires })) {
    // Text is iterable too: scopes: "admin" would ask for five scopes of one letter.
    if (Array.isArray(texts) && texts.every((text) => typeof text === "string" && text !== "")) continue;
    throw new KitError("MISUSE", `The ${owner} needs "${option}" to be a list of texts that are not empty`);
  }
  return {
    name,
    tags: Object.freeze([...tags]),
    scopes: Object.freeze([...scopes]),
    requires: Object.freeze([...requires]),
  };
}

function assertReadOptions({ ttlMs, maxBytes, cacheScope }: AnyResource, owner: string): void {
  assertOption("ttlMs", ttlMs, owner);
  assertOption("maxBytes", maxBytes, owner, { least: 1 });
  if (cacheScope === undefined || cacheScope === "public" || cacheScope === "private") return;
  throw new KitError("MISUSE", `The ${owner} has cacheScope ${JSON.stringify(cacheScope)}; use "public" or "private"`);
}

function assertOption(option: string, value: number | undefined, owner: string, range: WholeNumberRange = {}): void {
  if (value !== undefined) assertWholeNumber(`"${option}" of ${owner}`, value, range);
}

function assertFunction(value: unknown, option: string, owner: string): void {
  if (typeof value !== "function") throw new KitError("MISUSE", `The ${owner} needs "${option}", a function`);
}

function assertCompleters(completers: object | undefined, names: readonly string[], owner: string): void {
  const unknown = Object.keys(completers ?? {}).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw new KitError(
    "MISUSE",
    `The ${owner} completes ${JSON.stringify(unknown)}, but has ${names.join(", ") || "no arguments"}`,
  );
}

function scanHeaders(input: CompiledSchema, owner: string): ToolEntry["parameterHeaders"] {
  try {
    return Object.freeze(scanParameterHeaders(input.json));
  } catch (cause) {
    const { message } = toError(cause);
    throw new KitError("MISUSE", `The input schema of ${owner} has an unusable x-mcp-header: ${message}`, { cause });
  }
}

function listing(owner: string, list: () => ListedItem): ListedItem {
  try {
    return list();
  } catch (cause) {
    throw new KitError("MISUSE", `The ${owner} has something in "meta", "annotations" or "icons" that is not JSON`, {
      cause,
    });
  }
}
