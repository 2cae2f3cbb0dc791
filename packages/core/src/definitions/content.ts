import type { Annotations, ContentBlock, EmbeddedResource, ResourceLink } from "@modelcontextprotocol/server";
import { isRecord } from "../json/is-record.ts";
import { toBase64 } from "./base64.ts";

/** Marks blocks made here, so that an object of yours that looks like one is not mistaken for it. */
const brand: symbol = Symbol.for("@plinth/core/content");

/**
 * A content block made by {@link text}, {@link image}, {@link audio}, {@link resourceLink} or {@link embeddedResource}.
 */
export type Content = ContentBlock & { readonly [contentBrand]?: true };
declare const contentBrand: unique symbol;

/** What content blocks share. */
export interface ContentOptions {
  readonly annotations?: Annotations;
  readonly meta?: Readonly<Record<string, unknown>>;
}

/** A text block. */
export function text(value: string, options: ContentOptions = {}): Content {
  return content({ type: "text", text: value, ...extras(options) });
}

/** An image block from bytes or base64, for example `image(png, "image/png")`. */
export function image(data: Uint8Array | string, mimeType: string, options: ContentOptions = {}): Content {
  return content({ type: "image", data: base64Of(data), mimeType, ...extras(options) });
}

/** An audio block from bytes or base64, for example `audio(wav, "audio/wav")`. */
export function audio(data: Uint8Array | string, mimeType: string, options: ContentOptions = {}): Content {
  return content({ type: "audio", data: base64Of(data), mimeType, ...extras(options) });
}

/** A link to a resource that the client can read. */
export function resourceLink(link: Omit<ResourceLink, "type">): Content {
  return content({ type: "resource_link", ...link });
}

/** A resource sent along, text or bytes. */
export function embeddedResource(
  resource: { readonly uri: string; readonly mimeType?: string; readonly body: string | Uint8Array },
  options: ContentOptions = {},
): Content {
  const { uri, mimeType, body } = resource;
  const described = { uri, ...(mimeType !== undefined && { mimeType }) };
  const block: EmbeddedResource = {
    type: "resource",
    resource: typeof body === "string" ? { ...described, text: body } : { ...described, blob: toBase64(body) },
    ...extras(options),
  };
  return content(block);
}

/** Whether `value` was made by one of the functions here. */
export function isContent(value: unknown): value is Content {
  return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[brand] === true;
}

/** Whether a value is content by its brand or, for content written by hand, by its shape (MCP, content blocks). */
export function isContentBlock(value: unknown): value is ContentBlock {
  if (isContent(value)) return true;
  if (!isRecord(value)) return false;
  switch (value["type"]) {
    case "text":
      return typeof value["text"] === "string";
    case "image":
    case "audio":
      return typeof value["data"] === "string" && typeof value["mimeType"] === "string";
    case "resource_link":
      return typeof value["uri"] === "string" && typeof value["name"] === "string";
    case "resource": {
      const { resource } = value;
      return (
        isRecord(resource) &&
        typeof resource["uri"] === "string" &&
        (typeof resource["text"] === "string" || typeof resource["blob"] === "string")
      );
    }
    default:
      return false;
  }
}

/** A tool's whole answer, where returning a value is not enough. */
export interface ToolResult {
  readonly content: readonly Content[];
  readonly structuredContent?: Readonly<Record<string, unknown>>;
  readonly isError?: boolean;
  readonly meta?: Readonly<Record<string, unknown>>;
}

const resultBrand: WeakSet<object> = new WeakSet();

/**
 * Answers with content, structured content, `isError` and `_meta` at once. Structured content is checked against
 * `output`.
 */
export function toolResult(result: ToolResult): ToolResult {
  const branded = Object.freeze({ ...result });
  resultBrand.add(branded);
  return branded;
}

/** Whether `value` came from {@link toolResult}. */
export function isToolResult(value: unknown): value is ToolResult {
  return typeof value === "object" && value !== null && resultBrand.has(value);
}

function content(block: ContentBlock): Content {
  Object.defineProperty(block, brand, { value: true });
  return block;
}

function extras({ annotations, meta }: ContentOptions): { annotations?: Annotations; _meta?: Record<string, unknown> } {
  return { ...(annotations !== undefined && { annotations }), ...(meta !== undefined && { _meta: { ...meta } }) };
}

function base64Of(data: Uint8Array | string): string {
  return typeof data === "string" ? data : toBase64(data);
}
