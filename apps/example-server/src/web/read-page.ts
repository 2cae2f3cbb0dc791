import { MIMEType } from "node:util";
import type { FetchResponse } from "@plinth/url-fetcher";
import { DataError } from "../data-error.ts";
import { readableText } from "./readable-text.ts";

/** A page as text. */
export interface Page {
  readonly contentType: string;
  readonly title?: string;
  readonly text: string;
}

/** What people do not see, and what instructions to a model are hidden in: controls, directions, tags. */
const invisible = /[[\p{Cc}\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]--[\n\t]]/gv;

/**
 * Reads a response as text: HTML as a reader would see it, other text and JSON as they are.
 *
 * @throws DataError `INVALID` for a status that is no success, and for other types, by name
 */
export async function readPage(response: FetchResponse): Promise<Page> {
  const type = toMimeType(response.headers.get("content-type"));
  const contentType = type?.essence ?? "none";
  const isHtml = contentType === "text/html" || contentType === "application/xhtml+xml";
  const isText = contentType.startsWith("text/") || contentType === "application/json" || contentType.endsWith("+json");
  if (!response.ok || !(isHtml || isText)) {
    response.cancel();
    if (!response.ok) throw new DataError("INVALID", `The server answered with the status ${response.status}.`);
    throw new DataError(
      "INVALID",
      `Pages of the type "${contentType.slice(0, 100)}" cannot be read; only HTML, text and JSON can.`,
    );
  }
  const bytes = await response.bytes();
  const written = decode(bytes, type?.params.get("charset") ?? (isHtml ? declaredCharset(bytes) : undefined));
  if (!isHtml) return { contentType, text: written.replace(invisible, "") };
  const { title, text } = await readableText(written);
  return {
    contentType,
    ...(title !== "" && { title: title.replace(invisible, "") }),
    text: text.replace(invisible, ""),
  };
}

function toMimeType(header: string | null): MIMEType | undefined {
  try {
    return new MIMEType(header ?? "");
  } catch {
    return undefined;
  }
}

/** HTML section 13.2.3.2: a page may name its encoding in its first 1,024 bytes. */
function declaredCharset(bytes: Uint8Array): string | undefined {
  const beginning = new TextDecoder("latin1").decode(bytes.subarray(0, 1024));
  return /<meta[^>]{0,200}charset=["']?([\w-]+)/i.exec(beginning)?.[1];
}

function decode(bytes: Uint8Array, charset = "utf-8"): string {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}
