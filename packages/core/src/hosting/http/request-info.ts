import type { IncomingMessage } from "node:http";
import type { HttpRequestInfo } from "../../protocol/incoming.ts";
import { RequestHeaders } from "./request-headers.ts";

/** What an HTTP request says besides its body. What costs something is made on first use. */
export function toHttpRequestInfo(request: IncomingMessage): HttpRequestInfo {
  let headers: Headers | undefined;
  return {
    method: request.method ?? "GET",
    url: request.url ?? "/",
    remoteAddress: request.socket.remoteAddress?.replace(/^::ffff:(?=\d+\.)/, ""),
    get headers() {
      return (headers ??= new RequestHeaders(request.rawHeaders));
    },
  };
}
