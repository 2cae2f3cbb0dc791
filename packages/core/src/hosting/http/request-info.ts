import type { IncomingMessage } from "node:http";
import type { HttpRequestInfo } from "../../protocol/incoming.ts";
import { RequestHeaders } from "./request-headers.ts";

/** What an HTTP request says besides its body. What costs something is made on first use. */
export class RequestInfo implements HttpRequestInfo {
  readonly method: string;
  readonly url: string;
  readonly remoteAddress: string | undefined;
  readonly #request: IncomingMessage;
  #headers: Headers | undefined;

  constructor(request: IncomingMessage) {
    const { method = "GET", url = "/", socket } = request;
    this.method = method;
    this.url = url;
    this.remoteAddress = withoutPrefix(socket.remoteAddress);
    this.#request = request;
  }

  get headers(): Headers {
    return (this.#headers ??= new RequestHeaders(this.#request.rawHeaders, this.#request.headers));
  }
}

/** An IPv4 address as it is, also on a socket for both versions. */
function withoutPrefix(address: string | undefined): string | undefined {
  return address?.startsWith("::ffff:") === true && address.includes(".") ? address.slice(7) : address;
}
