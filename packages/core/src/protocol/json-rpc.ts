import { isRecord } from "../json/is-record.ts";
import { metaKeys } from "./meta-keys.ts";

/** A JSON-RPC id the way MCP narrows it: a string or an integer (MCP, basic, requests). */
export type RequestId = string | number;

/** Parameters as they came. */
export type RawParams = Readonly<Record<string, unknown>>;

/** A JSON-RPC 2.0 request (section 4) the way MCP narrows it. */
export interface RpcRequest {
  readonly id: RequestId;
  readonly method: string;
  readonly params?: RawParams | undefined;
}

/** A JSON-RPC 2.0 notification (section 4.1). */
export interface RpcNotification {
  readonly method: string;
  readonly params?: RawParams | undefined;
}

/** A JSON-RPC 2.0 response (section 5): a result, or an error. */
export interface RpcResponse {
  readonly id: RequestId;
  readonly result?: RawParams;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

/**
 * A parsed message as a request, or `undefined` for anything else: a notification, a response, a batch, or no JSON-RPC
 * at all. Strict, as the official SDK is: members that JSON-RPC does not know make it no request.
 */
export function toRequest(message: unknown): RpcRequest | undefined {
  if (!isRecord(message)) return undefined;
  const { jsonrpc, id, method, params } = message;
  if (jsonrpc !== "2.0" || typeof method !== "string" || !isRequestId(id)) return undefined;
  for (const member in message) {
    if (member !== "jsonrpc" && member !== "id" && member !== "method" && member !== "params") return undefined;
  }
  if (paramsProblem(params) !== undefined) return undefined;
  return { id, method, params: params as RawParams | undefined };
}

/** Safe integers alone: a larger number would come back as another one. */
export function isRequestId(value: unknown): value is RequestId {
  return typeof value === "string" || Number.isSafeInteger(value);
}

/** What is wrong with a message's `params` by the base types of MCP (basic, `_meta`), or `undefined`. */
export function paramsProblem(params: unknown): string | undefined {
  if (params === undefined) return undefined;
  if (!isRecord(params)) return "params must be an object";
  const meta = params["_meta"];
  return meta === undefined ? undefined : metaProblem(meta, "params._meta");
}

/** What is wrong with the `_meta` of a message or a result (MCP, basic, `_meta`), or `undefined`. */
export function metaProblem(meta: unknown, place: string): string | undefined {
  if (!isRecord(meta)) return `${place} must be an object`;
  const token = meta["progressToken"];
  if (token !== undefined && !isRequestId(token)) return `${place}.progressToken must be a string or an integer`;
  const task = meta[metaKeys.relatedTask];
  if (task !== undefined && !(isRecord(task) && typeof task["taskId"] === "string")) {
    return `${place}[${metaKeys.relatedTask}].taskId must be a string`;
  }
  return undefined;
}
