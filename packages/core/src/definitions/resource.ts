import type { Annotations, Icon } from "@modelcontextprotocol/server";
import type { Context } from "../context/context.ts";
import type { Awaitable } from "./awaitable.ts";
import type { Completers } from "./completion.ts";
import { recordOrigin } from "./origin.ts";
import type { Schema, SchemaOutput } from "./schema.ts";

/** One part of a resource that reads as several. */
export interface ResourcePart {
  /** @default the URI that was read */
  readonly uri?: string;
  /** @default the resource's `mimeType` */
  readonly mimeType?: string;
  readonly body: string | Uint8Array;
  readonly meta?: Readonly<Record<string, unknown>>;
}

/** A resource that reads as several parts; make one with {@link resourceParts}. */
export interface ResourceParts {
  readonly parts: readonly ResourcePart[];
}

/** Marks a read's answer as several parts, so that no object of yours is mistaken for them. */
const partsBrand: WeakSet<object> = new WeakSet();

/** Answers a read with several parts, for example a folder's files. */
export function resourceParts(parts: readonly ResourcePart[]): ResourceParts {
  const branded = Object.freeze({ parts });
  partsBrand.add(branded);
  return branded;
}

/** Whether `value` came from {@link resourceParts}. */
export function isResourceParts(value: unknown): value is ResourceParts {
  return typeof value === "object" && value !== null && partsBrand.has(value);
}

/**
 * What `read` may return: text, bytes, a stream of either (read whole, up to `maxBytes`), several parts, or any other
 * object, which is sent as JSON text.
 */
export type ResourceReturn =
  | string
  | Uint8Array
  | ReadableStream<Uint8Array | string>
  | AsyncIterable<Uint8Array | string>
  | ResourceParts
  | object;

/** One entry that a template's `list` contributes to `resources/list`. */
export interface ListedResource {
  readonly uri: string;
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly mimeType?: string;
  /** Bytes, if known. */
  readonly size?: number;
}

/** Options for {@link defineResource}. */
export interface ResourceOptions<Params extends Schema | undefined = undefined, Services = unknown> {
  /** A URI for a fixed resource, or an RFC 6570 template such as `data://users/{userId}`. */
  readonly uri: string;
  /** @default the URI */
  readonly name?: string;
  readonly title?: string;
  readonly description?: string;
  readonly mimeType?: string;
  /** The template's variables; without it they arrive as strings. */
  readonly params?: Params;
  /** Template only: the resources it has, for `resources/list`. Called at each listing. */
  readonly list?: (context: Context<Services>) => Awaitable<readonly ListedResource[]>;
  /** Template only: suggestions per variable. */
  readonly complete?: Completers<Services>;
  /** Milliseconds for which a client may reuse what it read (MCP 2026-07-28, caching). @default 0 */
  readonly ttlMs?: number;
  /** Who may share a cached copy. @default "private" */
  readonly cacheScope?: "public" | "private";
  /** Bytes that one read may yield. @default 10 MiB */
  readonly maxBytes?: number;
  readonly annotations?: Annotations;
  readonly icons?: readonly Icon[];
  readonly tags?: readonly string[];
  readonly scopes?: readonly string[];
  /** Services without which it cannot be read, by name; enforced by the service guard middleware. */
  readonly requires?: readonly string[];
  readonly meta?: Readonly<Record<string, unknown>>;
  /**
   * Reads it. `undefined` says that there is no such resource.
   * `url` is the normalised URI that was asked for.
   */
  readonly read: (
    params: Params extends Schema ? SchemaOutput<Params> : Readonly<Record<string, string>>,
    context: Context<Services>,
    url: URL,
  ) => Awaitable<ResourceReturn | undefined>;
}

/** A resource as {@link defineResource} makes it. */
export interface ResourceDefinition<Services = unknown> extends Omit<
  ResourceOptions<undefined, Services>,
  "params" | "read"
> {
  readonly kind: "resource";
  readonly params: Schema | undefined;
  // `any`: the variables' type lives in the schema, and the catalog hands over only what the schema let through.
  readonly read: (params: any, context: Context<Services>, url: URL) => Awaitable<ResourceReturn | undefined>;
}

/** A resource whatever services it wants. `any`: whether the server has them was checked where it was made. */
export type AnyResource = ResourceDefinition<any>;

/** Defines a fixed resource or a resource template; types flow from `params` into `read`. */
export function defineResource<const Params extends Schema | undefined = undefined, Services = unknown>(
  options: ResourceOptions<Params, Services>,
): ResourceDefinition<Services> {
  const definition: ResourceDefinition<Services> = Object.freeze({
    ...options,
    kind: "resource",
    params: options.params,
  });
  recordOrigin(definition, defineResource);
  return definition;
}
