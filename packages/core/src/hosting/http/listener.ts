import type { Server as HttpServer, ServerOptions } from "node:http";
import type { Server, Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { KitError } from "../../errors/kit-error.ts";
import type { Connections } from "./connections.ts";
import type { ResolvedHttpOptions } from "./http-options.ts";
import { nodeHttp } from "./node-http.ts";
import { refusal, toRefusalBody } from "./refusal.ts";

/**
 * Makes the node server, which knows its limits and tells `connections` of every client. It does not listen yet. What
 * only TLS or HTTP/2 needs is loaded for those alone.
 */
export async function createListener(options: ResolvedHttpOptions, connections: Connections): Promise<Server> {
  const { headersTimeoutMs, requestTimeoutMs, tls } = options;
  const limits: ServerOptions = {
    maxHeaderSize: options.maxHeaderBytes,
    headersTimeout: Math.min(headersTimeoutMs, requestTimeoutMs),
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: options.keepAliveTimeoutMs,
    // Node looks for late requests only this often; its own default of 30 s would make shorter timeouts meaningless.
    connectionsCheckingInterval: Math.max(10, Math.min(1_000, headersTimeoutMs / 4, requestTimeoutMs / 4)),
    // A missing Host is answered by our own check, in JSON.
    requireHostHeader: false,
  };
  const listener = await makeServer(options, { limits, connections });
  listener.maxConnections = options.maxConnections;
  // Headers above the default count of 2,000 would silently be left out; their bytes are bounded anyway.
  (listener as HttpServer).maxHeadersCount = 0;
  if (tls) {
    listener.on("connection", (socket: Socket) => connections.acceptTls(socket));
    listener.on("secureConnection", (socket: TLSSocket) => {
      if (socket.alpnProtocol !== "h2") connections.add(socket);
    });
  } else {
    listener.on("connection", (socket: Socket) => {
      connections.accept(socket);
      connections.add(socket);
    });
  }
  const waiting = new WeakSet<Socket>();
  listener.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    const due = error.code === "ECONNRESET" ? undefined : connections.lastDue(socket);
    if (due === undefined) refuseRaw(error, socket, connections);
    else if (!waiting.has(socket)) {
      // A client that pipelines takes the first answer for that of its first call, which may have done its work.
      waiting.add(socket);
      due.once("close", () => refuseRaw(error, socket, connections));
    }
  });
  return listener;
}

async function makeServer(
  options: ResolvedHttpOptions,
  { limits, connections }: { readonly limits: ServerOptions; readonly connections: Connections },
): Promise<Server> {
  const { tls, headersTimeoutMs } = options;
  if (tls === undefined) return nodeHttp.createServer(limits);
  const { http2 = true, ...certificate } = tls;
  const secure = { ...limits, ...certificate, handshakeTimeout: headersTimeoutMs };
  if (http2) return (await import("./http2-listener.ts")).createHttp2Listener(options, { secure, connections });
  return (await import("node:https")).createServer(secure);
}

/** Answers bytes that are no HTTP request, where nothing is being answered on that connection, and it can be read. */
function refuseRaw({ code }: NodeJS.ErrnoException, socket: Socket, connections: Connections): void {
  const isShakingHands = "secureConnecting" in socket && socket.secureConnecting === true;
  if (!socket.writable || isShakingHands || code === "ECONNRESET" || connections.isAnswering(socket)) {
    socket.destroy();
    return;
  }
  const statuses: Readonly<Record<string, number>> = {
    HPE_HEADER_OVERFLOW: 431,
    HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
    ERR_HTTP_REQUEST_TIMEOUT: 408,
  };
  const status = statuses[code ?? ""] ?? 400;
  const reason = nodeHttp.STATUS_CODES[status] ?? "";
  const body = toRefusalBody(refusal(status, reason), null);
  socket.write(
    `HTTP/1.1 ${status} ${reason}\r\nconnection: close\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  socket.destroySoon();
}

/** Listens. @throws KitError `CONFLICT` when the port is taken, `MISUSE` when it cannot be had otherwise */
export function listen(listener: Server, { host, port }: ResolvedHttpOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (cause: NodeJS.ErrnoException): void => {
      const message =
        cause.code === "EADDRINUSE"
          ? `Port ${port} on ${host} is taken; stop what uses it or choose another port`
          : `Cannot listen on ${host} port ${port}: ${cause.message}`;
      reject(new KitError(cause.code === "EADDRINUSE" ? "CONFLICT" : "MISUSE", message, { cause }));
    };
    listener.once("error", onError);
    listener.listen({ host, port }, () => {
      listener.off("error", onError);
      resolve();
    });
  });
}
