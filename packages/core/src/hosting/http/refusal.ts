import { errorCodes } from "../../errors/error-codes.ts";
import type { KitError } from "../../errors/kit-error.ts";
import { toWireError, type WireError } from "../../errors/wire-error.ts";
import { isRecord } from "../../json/is-record.ts";

/** A JSON-RPC message id, or `null` where none is known (JSON-RPC 2.0, section 5). */
export type MessageId = string | number | null;

/** An answer that says no: an HTTP status with a JSON-RPC error as its body. */
export interface Refusal {
  readonly status: number;
  readonly error: {
    readonly code: number;
    readonly message: string;
    readonly data?: Readonly<Record<string, unknown>>;
  };
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * A refusal by HTTP status alone. Numbers follow the error table: reserved ones for 400 and 500, else
 * `-31000 - status`.
 */
export function refusal(
  status: number,
  message: string,
  { code = numberFor(status), headers = {} }: { readonly code?: number; readonly headers?: Refusal["headers"] } = {},
): Refusal {
  return { status, error: { code, message }, headers };
}

/**
 * A `KitError` at the HTTP edge, where the era does not change its number. Codes without a status of their own answer
 * 400, masked ones 500.
 */
export function toRefusal(error: KitError, requestId: string): Refusal {
  const wire = toWireError(error, requestId);
  const { wwwAuthenticate: _, ...data } = wire.data ?? {};
  return {
    status: wire.httpStatus ?? (error.expose ? 400 : 500),
    error: { code: wire.code, message: wire.message, data },
    headers: headersFor(wire),
  };
}

/** What node lets into a header (RFC 9110 section 5.5, without the obsolete bytes above ASCII). */
const headerText = /^[\t\x20-\x7e]+$/;

/**
 * The headers that go with the HTTP status of an error: `Retry-After`, and for 401 and 403 the challenge in
 * `data.wwwAuthenticate`. A 401 always has a challenge (RFC 9110 section 15.5.2), a plain one where the given one is no
 * header's text. An error without a status is an answer like any other.
 */
export function headersFor({ httpStatus, retryAfterSeconds, data }: WireError): Record<string, string> {
  const headers: Record<string, string> = {};
  if (httpStatus === undefined) return headers;
  if (retryAfterSeconds !== undefined) headers["retry-after"] = String(Math.max(0, Math.ceil(retryAfterSeconds)));
  if (httpStatus !== 401 && httpStatus !== 403) return headers;
  const challenge = data?.["wwwAuthenticate"];
  if (typeof challenge === "string" && headerText.test(challenge)) headers["www-authenticate"] = challenge;
  else if (httpStatus === 401) headers["www-authenticate"] = "Bearer";
  return headers;
}

/** The body of a refusal. */
export function toRefusalBody({ error }: Refusal, id: MessageId): string {
  return JSON.stringify({ jsonrpc: "2.0", error, id });
}

/** The id to echo: the body's own where it is one request, `null` otherwise. */
export function messageIdOf(body: unknown): MessageId {
  if (!isRecord(body)) return null;
  const { id, method } = body;
  return typeof method === "string" && (typeof id === "string" || typeof id === "number") ? id : null;
}

function numberFor(status: number): number {
  if (status === 400) return errorCodes.INVALID_REQUEST.rpc;
  return status === 500 ? errorCodes.INTERNAL.rpc : -31000 - status;
}
