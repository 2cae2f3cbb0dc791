import { randomUUID } from "node:crypto";
import { abortable } from "../async/abortable.ts";
import { KitError } from "../errors/kit-error.ts";
import type { ClientRequest } from "../protocol/incoming.ts";
import type { Question } from "./question.ts";

/** How {@link askOnOpenExchange} sends its question. */
export interface OpenExchangeOptions {
  readonly requestClient: ClientRequest;
  /** The call's signal; its abort takes the question back. */
  readonly signal: AbortSignal;
  /** Milliseconds the client may take. */
  readonly timeoutMs: number;
}

/**
 * Asks on the open exchange and waits: the way of the legacy era. Gives what the client sent, unread.
 *
 * @throws KitError `CANCELLED`, or the signal's own `KitError`, when the call ends first; `TIMEOUT` when the client
 * takes too long; `FAILED` when it answers with an error
 */
export async function askOnOpenExchange(
  { method, params }: Question<unknown>,
  { requestClient, signal, timeoutMs }: OpenExchangeOptions,
): Promise<unknown> {
  const limit = new AbortController();
  const timer = setTimeout(() => {
    limit.abort(new KitError("TIMEOUT", `The client did not answer ${method} within ${timeoutMs} ms`));
  }, timeoutMs);
  const either = AbortSignal.any([signal, limit.signal]);
  // MCP 2025-11-25 wants an id with each URL request; 2026-07-28 has none, and the question's digest must not change.
  const sent = params["mode"] === "url" ? { ...params, elicitationId: randomUUID() } : params;
  try {
    return await abortable(() => requestClient(method, sent, either), either);
  } catch (cause) {
    if (KitError.isInstance(cause)) throw cause;
    throw new KitError("FAILED", `The client could not answer ${method}`, { cause });
  } finally {
    clearTimeout(timer);
  }
}
