import { isUtf8 } from "node:buffer";
import { errorCodes, parseErrorCode } from "../../errors/error-codes.ts";
import { isRecord } from "../../json/is-record.ts";
import {
  isRequestId,
  paramsProblem,
  type RawParams,
  type RequestId,
  type RpcNotification,
  type RpcRequest,
  type RpcResponse,
} from "../../protocol/json-rpc.ts";
import type { OversizedLine } from "./line-splitter.ts";

/**
 * The JSON-RPC error that answers a line which is no message. `id` is null where the line does not tell whose it is.
 */
export interface Refusal {
  readonly jsonrpc: "2.0";
  readonly id: RequestId | null;
  readonly error: {
    readonly code: number;
    readonly message: string;
    readonly data?: Readonly<Record<string, unknown>>;
  };
}

/** A message as it stood on its line. */
export type LineMessage = { readonly jsonrpc: "2.0" } & (RpcRequest | RpcNotification | RpcResponse);

/** What a line turned out to be. */
export type InboundLine =
  | { readonly kind: "message"; readonly message: LineMessage }
  | { readonly kind: "blank" }
  | { readonly kind: "refused"; readonly refusal: Refusal }
  /**
   * A broken response or notification: answering one would start an argument between two peers (JSON-RPC 2.0 section
   * 4.1).
   */
  | { readonly kind: "ignored"; readonly reason: string };

/**
 * Reads one line as a JSON-RPC 2.0 message the way MCP narrows it: ids are strings or integers, params are objects.
 * Members that JSON-RPC does not know are left out. Every request that the SDK would drop without an answer is refused
 * here.
 *
 * A JSON array is refused: batching existed in MCP 2025-03-26 alone, is gone since 2025-06-18, and the SDK's stdio
 * never had it.
 */
export function readLine(line: Buffer): InboundLine {
  if (!isUtf8(line)) return refuse(null, parseErrorCode, "The line is not UTF-8");
  const text = line.toString("utf8");
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    if (text.trim() === "") return { kind: "blank" };
    return refuse(null, parseErrorCode, "The line is not JSON; send one JSON-RPC message per line");
  }
  if (Array.isArray(parsed)) return refuse(null, invalid, "Batches are not supported; send one message per line");
  if (!isRecord(parsed)) return refuse(null, invalid, "The line is not a JSON object");
  if (!Object.hasOwn(parsed, "method") && (Object.hasOwn(parsed, "result") || Object.hasOwn(parsed, "error"))) {
    return readResponse(parsed);
  }
  return readCall(parsed);
}

/** Answers a line that was too long, with the id of its request where one of the line's ends shows it. */
export function refuseOversized({ head, tail }: OversizedLine, maxLineBytes: number): Refusal {
  const message = `The line is longer than ${maxLineBytes} bytes, the limit of this server; send less at once`;
  return toRefusal(requestIdAtEnds(head, tail), invalid, message, { maxLineBytes });
}

const invalid = errorCodes.INVALID_REQUEST.rpc;
const invalidParams = errorCodes.INVALID_PARAMS.rpc;

function readResponse({ jsonrpc, id, result, error }: Record<string, unknown>): InboundLine {
  const hasId = isRequestId(id);
  if (jsonrpc === "2.0" && hasId && isRecord(result)) return { kind: "message", message: { jsonrpc, id, result } };
  if (jsonrpc === "2.0" && hasId && isRecord(error) && Number.isInteger(error["code"])) {
    const { code, message, data } = error as { code: number; message: unknown; data: unknown };
    const body = { code, message: String(message), ...(data !== undefined && { data }) };
    return { kind: "message", message: { jsonrpc, id, error: body } };
  }
  return { kind: "ignored", reason: "The line is a response that belongs to no request" };
}

function readCall({ jsonrpc, id, method, params }: Record<string, unknown>): InboundLine {
  const isNotification = id === undefined;
  if (!isNotification && !isRequestId(id)) return refuse(null, invalid, "id must be a string or an integer");
  const answerTo = isNotification ? null : id;
  if (jsonrpc !== "2.0") return refuse(answerTo, invalid, 'jsonrpc must be "2.0"');
  if (typeof method !== "string") return refuse(answerTo, invalid, "method must be a string");
  const problem = paramsProblem(params);
  if (problem !== undefined) {
    if (isNotification) return { kind: "ignored", reason: `Notification ${JSON.stringify(method)}: ${problem}` };
    return refuse(id, invalidParams, problem);
  }
  const body = params === undefined ? {} : { params: params as RawParams };
  return {
    kind: "message",
    message: isNotification ? { jsonrpc, method, ...body } : { jsonrpc, id, method, ...body },
  };
}

/**
 * The id of a request of which only the ends are known. Sound on valid JSON: at the head only members of the root are
 * skipped, and at the tail the member before the last brace is the root's. Only with a method in sight is it a request;
 * a response has an id of ours, and answering that would hit an unrelated request of the client.
 */
function requestIdAtEnds(head: Buffer, tail: Buffer): RequestId | null {
  const idPattern = String.raw`"id"\s*:\s*("(?:[^"\\]|\\.)*"|-?\d{1,16})`;
  const start = /^\s*\{(?:\s*"(?:jsonrpc|method|id)"\s*:\s*(?:"(?:[^"\\]|\\.)*"|-?\d{1,16})\s*,)+/.exec(
    head.toString("utf8"),
  )?.[0];
  if (start === undefined || !/"method"\s*:/.test(start)) return null;
  const found =
    new RegExp(idPattern).exec(start) ?? new RegExp(String.raw`,\s*${idPattern}\s*\}\s*$`).exec(tail.toString("utf8"));
  if (found?.[1] === undefined) return null;
  try {
    const id: unknown = JSON.parse(found[1]);
    return isRequestId(id) ? id : null;
  } catch {
    return null;
  }
}

function refuse(id: RequestId | null, code: number, message: string): InboundLine {
  return { kind: "refused", refusal: toRefusal(id, code, message) };
}

function toRefusal(id: RequestId | null, code: number, message: string, data?: Record<string, unknown>): Refusal {
  return { jsonrpc: "2.0", id, error: { code, message, ...(data !== undefined && { data }) } };
}
