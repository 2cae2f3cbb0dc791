/**
 * What a request of MCP 2026-07-28 must be before it may become a call: guards that follow the specification, in the
 * order in which the official SDK asks, so that a request with several faults gets the same answer from either lane.
 */
import { errorCodes } from "../errors/error-codes.ts";
import type { WireError } from "../errors/wire-error.ts";
import { isRecord } from "../json/is-record.ts";
import { envelopeProblem } from "./envelope.ts";
import { MODERN_PROTOCOL_VERSION } from "./eras.ts";
import { decodeHeaderValue } from "./header-value.ts";
import type { RawParams, RpcRequest } from "./json-rpc.ts";
import { metaKeys } from "./meta-keys.ts";

/** The HTTP headers that mirror a request's body (MCP 2026-07-28, Streamable HTTP, standard request headers). */
export interface StandardHeaders {
  /** `MCP-Protocol-Version` */
  readonly version: string | undefined;
  /** `Mcp-Method` */
  readonly method: string | undefined;
  /** `Mcp-Name` */
  readonly name: string | undefined;
}

/** The parameter that `Mcp-Name` mirrors, by method (the same section; `tasks/*` by the tasks extension). */
const namedBy: ReadonlyMap<string, "name" | "uri" | "taskId"> = new Map([
  ["tools/call", "name"],
  ["prompts/get", "name"],
  ["resources/read", "uri"],
  ["tasks/get", "taskId"],
  ["tasks/update", "taskId"],
  ["tasks/cancel", "taskId"],
] as const);

/** Whether a request claims to be of the modern era: its `_meta` names a protocol version, whichever (basic, `_meta`). */
export function claimsModern(params: RawParams | undefined): boolean {
  const meta = params?.["_meta"];
  return isRecord(meta) && metaKeys.protocolVersion in meta;
}

/**
 * Why a request cannot be served in the modern era, or `undefined`.
 *
 * @param headers what its HTTP request said about it; `undefined` where there are no headers
 */
export function modernRefusal(
  request: Pick<RpcRequest, "method" | "params">,
  headers: StandardHeaders | undefined,
): WireError | undefined {
  const meta = (request.params?.["_meta"] ?? {}) as RawParams;
  const problem = envelopeProblem(meta);
  if (problem !== undefined) {
    const text = `Invalid _meta envelope for protocol revision ${MODERN_PROTOCOL_VERSION}`;
    return {
      code: errorCodes.INVALID_PARAMS.rpc,
      httpStatus: 400,
      message: `${text}: ${problem.key}: ${problem.problem}`,
      data: { envelope: problem },
    };
  }
  const version = meta[metaKeys.protocolVersion] as string;
  return (
    (headers && contradiction(request, version, headers)) ??
    (version === MODERN_PROTOCOL_VERSION ? undefined : unsupportedVersion(version)) ??
    (headers && omission(request, version, headers))
  );
}

/** The answer to a version that is not served (MCP 2026-07-28, versioning). */
export function unsupportedVersion(requested: string): WireError {
  return {
    code: errorCodes.UNSUPPORTED_VERSION.rpc,
    httpStatus: 400,
    message: `Unsupported protocol version: ${requested}`,
    data: { supported: [MODERN_PROTOCOL_VERSION], requested },
  };
}

/** A header that is there must say what the body says (standard request headers, server validation). */
function contradiction(
  { method }: Pick<RpcRequest, "method">,
  version: string,
  headers: StandardHeaders,
): WireError | undefined {
  if (headers.version !== undefined && headers.version !== version) {
    return mismatch(
      headers.version,
      `the body envelope names protocol version ${version} but the MCP-Protocol-Version header names ${headers.version}`,
    );
  }
  if (headers.method !== undefined && headers.method !== method) {
    return mismatch(
      headers.method,
      `the body names method ${method} but the Mcp-Method header names ${headers.method}`,
    );
  }
  return undefined;
}

/** Each request carries version and method, and those that address something by name carry that (the same section). */
function omission(
  { method, params }: Pick<RpcRequest, "method" | "params">,
  version: string,
  headers: StandardHeaders,
): WireError | undefined {
  if (headers.version === undefined) {
    return mismatch(
      missing,
      `the body envelope names protocol version ${version} but the required MCP-Protocol-Version header is absent`,
    );
  }
  if (headers.method === undefined) {
    return mismatch(missing, `the body names method ${method} but the required Mcp-Method header is absent`);
  }
  const field = namedBy.get(method);
  if (field === undefined) return undefined;
  const value = params?.[field];
  const named = typeof value === "string" ? value : undefined;
  if (headers.name === undefined) {
    // A body without the name is for the method to refuse.
    if (named === undefined) return undefined;
    return mismatch(missing, `the body carries params.${field}="${named}" but the required Mcp-Name header is absent`);
  }
  const decoded = decodeHeaderValue(headers.name);
  if (decoded === undefined) {
    return mismatch(headers.name, "the Mcp-Name header carries an invalid Base64 sentinel value");
  }
  if (named === undefined || decoded === named) return undefined;
  return mismatch(
    headers.name,
    `the body carries params.${field}="${named}" but the Mcp-Name header names "${decoded}"`,
  );
}

const missing = "(missing)";

function mismatch(header: string, body: string): WireError {
  return {
    code: errorCodes.HEADER_MISMATCH.rpc,
    httpStatus: 400,
    message: `Bad Request: the request headers and body disagree: ${body}`,
    data: { mismatch: { header, body } },
  };
}
