import type { IncomingMessage } from "node:http";
import type { HttpRequestInfo } from "../../protocol/incoming.ts";

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

function toHeaders(raw: readonly string[]): Headers {
  const headers = new Headers();
  for (let at = 0; at + 1 < raw.length; at += 2) headers.append(raw[at] as string, raw[at + 1] as string);
  return headers;
}
