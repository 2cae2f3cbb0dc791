import { errorCodes } from "../../errors/error-codes.ts";
import type { WireError } from "../../errors/wire-error.ts";
import { MODERN_PROTOCOL_VERSION } from "../../protocol/eras.ts";
import type { RawParams, RpcNotification, RpcRequest } from "../../protocol/json-rpc.ts";
import { claimsModern, modernRefusal, unsupportedVersion } from "../../protocol/modern-refusal.ts";

/** What a message says about the era of its connection, as long as that is open. */
export type Opening =
  | { readonly era: "legacy" }
  | { readonly era: "modern" }
  /** It claims the modern era and cannot be served in it. */
  | { readonly era: undefined; readonly refusal: WireError };

/**
 * Reads the era off a message (MCP 2026-07-28, stdio, backward compatibility): one that names a protocol version of its
 * own is modern, and refused when it does so wrongly; `initialize` and everything else is legacy.
 */
export function readOpening(message: RpcRequest | RpcNotification): Opening {
  if (message.method === "initialize" && !isModernInitialize(message)) return { era: "legacy" };
  if (!claimsModern(message.params)) return { era: "legacy" };
  const refusal = modernRefusal(message, undefined);
  return refusal === undefined ? { era: "modern" } : { era: undefined, refusal };
}

/**
 * Whether an `initialize` belongs to the modern era, which does not have it: its envelope is in order and names a modern
 * revision, be it one of the future (revisions are dates, so they compare as text).
 */
export function isModernInitialize({ method, params }: RpcRequest | RpcNotification): boolean {
  if (!claimsModern(params)) return false;
  const refusal = modernRefusal({ method, params }, undefined);
  if (refusal === undefined) return true;
  const requested = refusal.data?.["requested"];
  return typeof requested === "string" && requested >= MODERN_PROTOCOL_VERSION;
}

/** The answer to a handshake on a connection of the modern era: there is no way back (versioning). */
export function lateHandshakeRefusal(params: RawParams | undefined): WireError {
  const asked = params?.["protocolVersion"];
  if (typeof asked === "string") return unsupportedVersion(asked);
  const message = "Unsupported protocol version: the request did not name a protocol version";
  return { code: errorCodes.UNSUPPORTED_VERSION.rpc, message, data: { supported: [MODERN_PROTOCOL_VERSION] } };
}
