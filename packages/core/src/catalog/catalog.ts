import type { AnyPrompt, PromptDefinition } from "../definitions/prompt.ts";
import type { AnyResource, ResourceDefinition } from "../definitions/resource.ts";
import type { CompiledSchema } from "../definitions/schema.ts";
import type { AnyTool, ToolDefinition } from "../definitions/tool.ts";
import type { ParameterHeader } from "../protocol/parameter-headers.ts";
import type { ListedItem } from "./listing.ts";
import type { UriMatcher, UriVariables } from "./uri-template.ts";

/**
 * A tool, resource or prompt that wants certain services. `any`: where the services do not matter, such as in the
 * registry, whether the server has them was checked where it was made.
 */
export type Component<Services = any> =
  | ToolDefinition<Services>
  | ResourceDefinition<Services>
  | PromptDefinition<Services>;

/** What every catalog entry has, whatever its kind; enough for middleware to decide. */
interface EntryBase {
  /** Tool or prompt name; for a resource its normalised URI, for a template the template as written. */
  readonly name: string;
  readonly tags: readonly string[];
  readonly scopes: readonly string[];
  /** Services without which it cannot work, by name. */
  readonly requires: readonly string[];
  /** As it stands in its list. */
  readonly listed: ListedItem;
}

/** A tool, ready to be listed and called. */
export interface ToolEntry extends EntryBase {
  readonly kind: "tool";
  readonly definition: AnyTool;
  readonly input: CompiledSchema;
  readonly output: CompiledSchema | undefined;
  /** Arguments that HTTP headers mirror (`x-mcp-header`). */
  readonly parameterHeaders: readonly ParameterHeader[];
}

/** A prompt, ready to be listed and rendered. */
export interface PromptEntry extends EntryBase {
  readonly kind: "prompt";
  readonly definition: AnyPrompt;
  readonly arguments: CompiledSchema | undefined;
}

/** A fixed resource, ready to be listed and read. */
export interface ResourceEntry extends EntryBase {
  readonly kind: "resource";
  readonly definition: AnyResource;
}

/** A resource template, ready to be listed and matched. */
export interface ResourceTemplateEntry extends EntryBase {
  readonly kind: "resource-template";
  readonly definition: AnyResource;
  readonly params: CompiledSchema | undefined;
  readonly matcher: UriMatcher;
}

/** Anything that the catalog has; told apart by `kind`. */
export type CatalogEntry = ToolEntry | PromptEntry | ResourceEntry | ResourceTemplateEntry;

/** One page of a rendered list. */
export interface ListPage {
  readonly items: readonly ListedItem[];
  readonly nextCursor: string | undefined;
}

/** The list kinds, by the key that holds the items in the result. */
export type ListKind = "tools" | "prompts" | "resources" | "resourceTemplates";

/** An immutable snapshot of everything a server offers, made when it starts and again when that changes. */
export interface Catalog {
  /** Counts up with each snapshot. */
  readonly revision: number;
  /** Entries per list page. */
  readonly pageSize: number;
  readonly tools: ReadonlyMap<string, ToolEntry>;
  readonly prompts: ReadonlyMap<string, PromptEntry>;
  /** By normalised URI. */
  readonly resources: ReadonlyMap<string, ResourceEntry>;
  /** By template, as written. */
  readonly resourceTemplates: ReadonlyMap<string, ResourceTemplateEntry>;
  /** The templates that list resources of their own; see `listResources`. */
  readonly listers: readonly ResourceTemplateEntry[];
  /** The page that a cursor names, or the first. @throws KitError `INVALID_PARAMS` for a cursor that is not ours. */
  page(kind: ListKind, cursor: string | undefined): ListPage;
  /** The entry for a URI a client sent, with the template's variables; `undefined` when nothing has it. */
  findResource(uri: string): FoundResource | undefined;
}

/** What {@link Catalog.findResource} gives. */
export interface FoundResource {
  readonly entry: ResourceEntry | ResourceTemplateEntry;
  /** Values of the template's variables; empty for a fixed resource. */
  readonly variables: UriVariables;
  /** The URI, normalised. */
  readonly url: URL;
}
