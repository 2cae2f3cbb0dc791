import { errorCodes } from "./error-codes.ts";
import type { KitError } from "./kit-error.ts";

/** An error as it stands on the wire: a JSON-RPC 2.0 error object plus the HTTP status that goes with it. */
export interface WireError {
  readonly code: number;
  readonly message: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly httpStatus?: number;
  readonly retryAfterSeconds?: number;
}

/** The text a client may read: the message of an exposed error, otherwise a sentence with the request id to quote. */
export function clientMessage(error: KitError, requestId: string): string {
  return error.expose ? error.message : `Internal error. Quote request id ${requestId} when you report it.`;
}

/**
 * What a client may read besides the text: the request id, when to come back, and the error's own `data` if it is
 * exposed. As plain JSON, because an error that cannot be sent would leave the client waiting for ever; `data` that
 * JSON cannot carry is left out.
 */
export function clientData(error: KitError, requestId: string): Readonly<Record<string, unknown>> {
  const { retryAfterSeconds } = error;
  return {
    ...(error.expose && error.data !== undefined && jsonOrNothing(error.data)),
    ...(isSeconds(retryAfterSeconds) && { retryAfterSeconds }),
    requestId,
  };
}

/** The one mapping from an error to the wire. Nothing of a masked error crosses but the request id. */
export function toWireError(error: KitError, requestId: string): WireError {
  const entry = errorCodes[error.code];
  const { retryAfterSeconds } = error;
  return {
    code: entry.rpc,
    message: clientMessage(error, requestId),
    data: clientData(error, requestId),
    ...(entry.http !== undefined && { httpStatus: entry.http }),
    ...(isSeconds(retryAfterSeconds) && { retryAfterSeconds }),
  };
}

function isSeconds(value: number | undefined): value is number {
  return value !== undefined && Number.isFinite(value);
}

function jsonOrNothing(data: object): object | undefined {
  try {
    return JSON.parse(JSON.stringify(data)) as object;
  } catch {
    return undefined;
  }
}
