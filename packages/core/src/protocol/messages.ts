import type { WireError } from "../errors/wire-error.ts";
import type { RequestId } from "./json-rpc.ts";

/** What stands before and after the JSON of a result in a JSON-RPC 2.0 response (section 5). */
export function aroundResult(id: RequestId): readonly [before: string, after: string] {
  return [`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":`, "}"];
}

/** A JSON-RPC 2.0 response around a result that is JSON already. */
export function resultMessage(id: RequestId, result: string): string {
  return `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${result}}`;
}

/** A JSON-RPC 2.0 error response (section 5.1). */
export function errorMessage(id: RequestId | null, { code, message, data }: WireError): string {
  return JSON.stringify({ jsonrpc: "2.0", id, error: { code, message, data } });
}

/** A JSON-RPC 2.0 notification (section 4.1). @throws TypeError for parameters that JSON cannot carry */
export function notificationMessage(method: string, params?: Readonly<Record<string, unknown>>): string {
  return `{"jsonrpc":"2.0","method":${JSON.stringify(method)}${paramsMember(params)}}`;
}

/** A JSON-RPC 2.0 request (section 4). @throws TypeError for parameters that JSON cannot carry */
export function requestMessage(id: RequestId, method: string, params?: Readonly<Record<string, unknown>>): string {
  return `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"method":${JSON.stringify(method)}${paramsMember(params)}}`;
}

function paramsMember(params: Readonly<Record<string, unknown>> | undefined): string {
  return params === undefined ? "" : `,"params":${JSON.stringify(params)}`;
}
