import type { OutgoingHttpHeaders } from "node:http";
import { constants, Http2ServerResponse, type ServerHttp2Stream } from "node:http2";

/** What is built on. Node has accessors here; its types have properties, which accessors may not override. */
interface NodeResponse {
  readonly stream: ServerHttp2Stream;
  readonly req: { readonly method: string };
  readonly destroyed: boolean;
  readonly closed: boolean;
  readonly writableEnded: boolean;
  readonly writableFinished: boolean;
  writeHead(status: number, headers?: OutgoingHttpHeaders): this;
  end(chunk?: string | Uint8Array): this;
  destroy(): void;
}
const NodeResponse: new (stream: ServerHttp2Stream) => NodeResponse = Http2ServerResponse;

/**
 * An HTTP/2 answer that is written like an HTTP/1.1 one. Node's own does not tell whether it is destroyed, counts as
 * finished what either side reset, warns of `connection` (RFC 9113 section 8.2.2), and fails when `HEAD` gets a body.
 */
export class StreamResponse extends NodeResponse {
  override get destroyed(): boolean {
    return this.stream.destroyed || this.stream.closed;
  }

  override get closed(): boolean {
    return this.destroyed;
  }

  override get writableFinished(): boolean {
    return this.writableEnded && this.stream.writableFinished && !this.stream.aborted;
  }

  override writeHead(status: number, { connection: _, ...headers }: OutgoingHttpHeaders = {}): this {
    return super.writeHead(status, headers);
  }

  override end(chunk?: string | Uint8Array): this {
    return this.req.method === "HEAD" ? super.end() : super.end(chunk);
  }

  /** With an error: without one, the client would take what it has for the whole answer. */
  override destroy(): void {
    if (!this.destroyed) this.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  }
}
