import { Http2ServerRequest, type IncomingHttpHeaders, type ServerHttp2Stream } from "node:http2";

/** What is built on. Node has accessors here; its types have properties, which accessors may not override. */
interface NodeRequest {
  readonly stream: ServerHttp2Stream;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly complete: boolean;
  readonly destroyed: boolean;
}
const NodeRequest: new (...given: ConstructorParameters<typeof Http2ServerRequest>) => NodeRequest = Http2ServerRequest;

/**
 * An HTTP/2 request that says what an HTTP/1.1 one would, so that everything behind the listener reads one kind. Node's
 * own has no `host`, pseudo-headers among the headers (RFC 9113 section 8.3), cookies in crumbs (section 8.2.3), and
 * counts a request that broke off as complete.
 */
export class StreamRequest extends NodeRequest {
  #headers: IncomingHttpHeaders | undefined;
  #rawHeaders: readonly string[] | undefined;

  override get headers(): IncomingHttpHeaders {
    return (this.#headers ??= toPlainHeaders(super.headers));
  }

  override get rawHeaders(): readonly string[] {
    return (this.#rawHeaders ??= toPlainRawHeaders(super.rawHeaders));
  }

  /** Whether all of it has been received, and its body read. */
  override get complete(): boolean {
    const { stream } = this;
    return stream.endAfterHeaders || (stream.readableEnded && !stream.aborted);
  }

  override get destroyed(): boolean {
    return this.stream.destroyed || this.stream.closed;
  }
}

/** `:authority` is what HTTP/1.1 calls `Host` (RFC 9113 section 8.3.1). */
function toPlainHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const plain: IncomingHttpHeaders = {};
  for (const name of Object.keys(headers)) if (!name.startsWith(":")) plain[name] = headers[name];
  const authority = headers[":authority"];
  if (typeof authority === "string") plain.host = authority;
  return plain;
}

/**
 * A `host` that differs from `:authority` stays besides it, so that the request is refused as one with two hosts is in
 * HTTP/1.1 (RFC 9113 section 8.3.1). Pseudo-headers come first, so `:authority` is known by then.
 */
function toPlainRawHeaders(raw: readonly string[]): readonly string[] {
  const plain: string[] = [];
  const cookies: string[] = [];
  let authority: string | undefined;
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const [name, value] = [raw[at] as string, raw[at + 1] as string];
    if (name === ":authority") plain.push("host", (authority = value));
    else if (name === "cookie") cookies.push(value);
    else if (!name.startsWith(":") && !(name === "host" && isSame(value, authority))) plain.push(name, value);
  }
  if (cookies.length > 0) plain.push("cookie", cookies.join("; "));
  return plain;
}

function isSame(host: string, authority: string | undefined): boolean {
  return host.toLowerCase() === authority?.toLowerCase();
}
