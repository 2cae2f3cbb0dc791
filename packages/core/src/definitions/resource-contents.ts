import type { BlobResourceContents, TextResourceContents } from "@modelcontextprotocol/server";
import { KitError } from "../errors/kit-error.ts";
import { toJsonValue } from "../json/json-value.ts";
import { toBase64 } from "./base64.ts";
import { readBounded, type Chunk } from "./read-bounded.ts";
import { isResourceParts, type ResourceReturn } from "./resource.ts";

/** Bytes that one read may yield unless its definition says otherwise. */
const defaultMaxBytes = 10 * 1024 * 1024;

/** Options for {@link toResourceContents}. */
export interface ResourceContentsOptions {
  /** The URI as the client asked for it; the contents carry it back. */
  readonly uri: string;
  /** @default "application/json" for objects, none otherwise */
  readonly mimeType: string | undefined;
  /** Bytes that all parts together may have. @default 10 MiB */
  readonly maxBytes: number | undefined;
  /** Ends the reading of a stream. */
  readonly signal: AbortSignal;
}

/** One item of `contents` in a `resources/read` result. */
export type ResourceContents = TextResourceContents | BlobResourceContents;

/**
 * The `contents` of a `resources/read` result (MCP, resources, reading resources). Text stays text, bytes become
 * base64, a stream becomes text if all its chunks are, parts become one item each, and any other object becomes JSON
 * text.
 *
 * @throws KitError `TOO_LARGE` beyond `maxBytes`; a stream is not read any further then
 * @throws KitError `INVALID_OUTPUT` for what JSON cannot carry
 * @throws the signal's reason, or KitError `CANCELLED`, when the signal aborts a stream
 */
export async function toResourceContents(
  value: ResourceReturn,
  { uri, mimeType, maxBytes = defaultMaxBytes, signal }: ResourceContentsOptions,
): Promise<ResourceContents[]> {
  const source = `Resource ${JSON.stringify(uri)}`;
  const tooLarge = (): KitError =>
    new KitError("TOO_LARGE", `${source} is larger than the ${maxBytes} bytes that one read may have`);
  if (isResourceParts(value)) {
    if (value.parts.reduce((sum, { body }) => sum + byteLength(body), 0) > maxBytes) throw tooLarge();
    return value.parts.map((part) =>
      toContents(part.body, {
        uri: part.uri ?? uri,
        mimeType: part.mimeType ?? mimeType,
        meta: part.meta && (toJsonValue({ ...part.meta }, source) as Described["meta"]),
      }),
    );
  }
  if (isStream(value)) {
    return [toContents(await readBounded(value, { maxBytes, signal, tooLarge }), { uri, mimeType })];
  }
  const isBody = typeof value === "string" || value instanceof Uint8Array;
  const body = isBody ? value : JSON.stringify(toJsonValue(value, source));
  if (byteLength(body) > maxBytes) throw tooLarge();
  return [toContents(body, { uri, mimeType: isBody ? mimeType : (mimeType ?? "application/json") })];
}

interface Described {
  readonly uri: string;
  readonly mimeType: string | undefined;
  readonly meta?: Readonly<Record<string, unknown>> | undefined;
}

function toContents(body: Chunk, { uri, mimeType, meta }: Described): ResourceContents {
  const described = {
    uri,
    ...(mimeType !== undefined && { mimeType }),
    ...(meta !== undefined && { _meta: meta }),
  };
  return typeof body === "string" ? { ...described, text: body } : { ...described, blob: toBase64(body) };
}

function isStream(value: object | string): value is AsyncIterable<Chunk> {
  return typeof value === "object" && Symbol.asyncIterator in value;
}

function byteLength(body: Chunk): number {
  return typeof body === "string" ? Buffer.byteLength(body) : body.byteLength;
}
