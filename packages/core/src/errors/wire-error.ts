import { errorCodes } from "./error-codes.ts";
import { KitError } from "./kit-error.ts";

/** An error as it stands on the wire: a JSON-RPC 2.0 error object plus the HTTP status that goes with it. */
export interface WireError {
  readonly code: number;
  readonly message: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly httpStatus?: number;
  readonly retryAfterSeconds?: number;
}

/** Any thrown value as a {@link KitError}: known ones pass, all else becomes a masked `INTERNAL` with its cause. */
export function toKitError(thrown: unknown): KitError {
  if (KitError.isInstance(thrown)) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new KitError("INTERNAL", message, { cause: thrown });
}

/** The text a client may read: the message of an exposed error, otherwise a sentence with the request id to quote. */
export function clientMessage(error: KitError, requestId: string): string {
  return error.expose ? error.message : `Internal error. Quote request id ${requestId} when you report it.`;
}

/** The one mapping from an error to the wire. Nothing of a masked error crosses but the request id. */
export function toWireError(error: KitError, requestId: string): WireError {
  const entry = errorCodes[error.code];
  const data: Record<string, unknown> = { requestId };
  if (error.expose) Object.assign(data, error.data);
  if (error.retryAfterSeconds !== undefined) data["retryAfterSeconds"] = error.retryAfterSeconds;
  return {
    code: entry.rpc,
    message: clientMessage(error, requestId),
    data,
    ...(entry.http !== undefined && { httpStatus: entry.http }),
    ...(error.retryAfterSeconds !== undefined && { retryAfterSeconds: error.retryAfterSeconds }),
  };
}
