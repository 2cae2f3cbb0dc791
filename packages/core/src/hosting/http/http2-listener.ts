import type { IncomingMessage, ServerResponse } from "node:http";
import { createSecureServer, type ServerHttp2Session } from "node:http2";
import type { ServerOptions as HttpsOptions } from "node:https";
import type { Server } from "node:net";
import type { Connections } from "./connections.ts";
import type { ResolvedHttpOptions } from "./http-options.ts";
import { nodeHttp } from "./node-http.ts";
import { refusal, toRefusalBody } from "./refusal.ts";
import { StreamRequest } from "./stream-request.ts";
import { StreamResponse } from "./stream-response.ts";

/** Requests that one session may have open; no fewer than 100 are recommended (RFC 9113 section 6.5.2). */
const maxConcurrentStreams = 100;

/**
 * Requests of one session that a client may give up at once, and then per second, before the session is ended: each
 * costs as much as one that is awaited (CVE-2023-44487, rapid reset). A page that is left gives up all it has open.
 */
const resetBurst = 2 * maxConcurrentStreams;
const resetRate = 33;

/**
 * What node may hold for one session before it refuses new requests. Answers are written in pieces, so this is far from
 * what a session of {@link maxConcurrentStreams} large answers needs; events of a stream are written as they are.
 */
const sessionMemoryMegabytes = 32;

/** Bytes that a header costs besides its name and value (RFC 9113 section 6.5.2). */
const headerOverhead = 32;

/** What {@link createHttp2Listener} needs besides the limits. */
export interface Http2ListenerParts {
  /** Certificate, and limits that node keeps for the handshake and HTTP/1.1. */
  readonly secure: HttpsOptions;
  readonly connections: Connections;
}

/**
 * Makes a TLS server that speaks HTTP/2 with clients that can (ALPN, RFC 9113 section 3.2) and HTTP/1.1 with others.
 * Both kinds of requests come as node's `request` event, and look alike.
 */
export function createHttp2Listener(
  { maxHeaderBytes, requestTimeoutMs }: ResolvedHttpOptions,
  { secure, connections }: Http2ListenerParts,
): Server {
  const listener = createSecureServer({
    ...secure,
    allowHTTP1: true,
    noDelay: true,
    settings: { maxConcurrentStreams, maxHeaderListSize: maxHeaderBytes },
    // Their bytes are bounded; a count below that would silently leave headers out.
    maxHeaderListPairs: Math.ceil(maxHeaderBytes / headerOverhead),
    maxSessionMemory: sessionMemoryMegabytes,
    streamResetBurst: resetBurst,
    streamResetRate: resetRate,
    Http2ServerRequest: StreamRequest as never,
    Http2ServerResponse: StreamResponse as never,
  });
  listener.on("session", (session: ServerHttp2Session) => connections.addSession(session));
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    if (request.httpVersionMajor !== 2) return;
    // Node holds a client to the limit that was announced only once the client has confirmed it.
    if (headerListSize(request.rawHeaders) > maxHeaderBytes) refuse(response, 431);
    else limitBody(request, response, requestTimeoutMs);
  };
  listener.on("request", onRequest as never).on("checkContinue", onRequest as never);
  return listener;
}

/** As it is counted against SETTINGS_MAX_HEADER_LIST_SIZE (RFC 9113 section 6.5.2), but for the pseudo-headers. */
function headerListSize(rawHeaders: readonly string[]): number {
  let size = (rawHeaders.length / 2) * headerOverhead;
  for (const text of rawHeaders) size += text.length;
  return size;
}

/** Refuses a request whose body does not arrive in time, as node does for HTTP/1.1. */
function limitBody(request: IncomingMessage, response: ServerResponse, ms: number): void {
  const { stream } = request as unknown as StreamRequest;
  if (stream.endAfterHeaders) return;
  const timer = setTimeout(() => refuse(response, 408), ms).unref();
  stream.once("end", () => clearTimeout(timer)).once("close", () => clearTimeout(timer));
}

/** Answers without having read all of the request, and gives it up. */
function refuse(response: ServerResponse, status: number): void {
  if (response.headersSent && !response.writableEnded) {
    response.destroy();
    return;
  }
  if (!response.headersSent) {
    const body = toRefusalBody(refusal(status, nodeHttp.STATUS_CODES[status] ?? ""), null);
    response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
    response.end(body);
  }
  (response as unknown as StreamResponse).stream.close();
}
