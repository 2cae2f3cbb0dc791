import type { RequestOrigin } from "../hosted-server.ts";
import type { Exchange } from "./exchange.ts";

const origins = new WeakMap<Request, RequestOrigin>();

/** An exchange's request as a web one, with `body` if given; `undefined` when its target is no URL. */
export function toWebRequest(exchange: Exchange, body?: Buffer): Request | undefined {
  const { http, principal, signal, method } = exchange;
  const { headers, socket } = exchange.request;
  const scheme = "encrypted" in socket ? "https" : "http";
  // A host such as 1.2.3.4.5 is a name (RFC 3986 section 3.2.2) and no URL has it; whether it may call was checked.
  const base = `${scheme}://${headers.host ?? "localhost"}`;
  const url = `${URL.canParse(base) ? base : `${scheme}://localhost`}${http.url}`;
  if (!URL.canParse(url)) return undefined;
  const request = new Request(url, {
    method,
    headers: http.headers,
    signal,
    ...(body !== undefined && { body: new Uint8Array(body) }),
  });
  origins.set(request, { http, principal });
  return request;
}

/**
 * Where a web request came from, for a handler that the SDK gives the request to (`ctx.http.req`). On a session each
 * message has its own: the principal was verified anew, and its scopes may have changed since the session began.
 */
export function requestOriginOf(request: Request | undefined): RequestOrigin | undefined {
  return request === undefined ? undefined : origins.get(request);
}
