import type { IncomingMessage } from "node:http";
import type { HttpRequestInfo } from "../../protocol/incoming.ts";
import type { RequestOrigin } from "../hosted-server.ts";

/** What an HTTP request says besides its body. The headers are copied on first use only. */
export function toHttpRequestInfo(request: IncomingMessage): HttpRequestInfo {
  let headers: Headers | undefined;
  return {
    method: request.method ?? "GET",
    url: request.url ?? "/",
    remoteAddress: request.socket.remoteAddress?.replace(/^::ffff:(?=\d+\.)/, ""),
    get headers() {
      return (headers ??= toHeaders(request.rawHeaders));
    },
  };
}

const origins = new WeakMap<Request, RequestOrigin>();

/** Remembers where a web request that goes through the SDK came from. */
export function rememberRequestOrigin(request: Request, origin: RequestOrigin): void {
  origins.set(request, origin);
}

/**
 * Where a web request came from, for a handler that the SDK gives the request to (`ctx.http.req`). On a session each message
 * has its own: the principal was verified anew, and its scopes may have changed since the session began.
 */
export function requestOriginOf(request: Request | undefined): RequestOrigin | undefined {
  return request === undefined ? undefined : origins.get(request);
}

function toHeaders(raw: readonly string[]): Headers {
  const headers = new Headers();
  for (let at = 0; at + 1 < raw.length; at += 2) headers.append(raw[at] as string, raw[at + 1] as string);
  return headers;
}
