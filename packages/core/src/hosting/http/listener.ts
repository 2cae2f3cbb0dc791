import { createServer, STATUS_CODES, type Server, type ServerOptions } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { KitError } from "../../errors/kit-error.ts";
import type { Connections } from "./connections.ts";
import type { ResolvedHttpOptions } from "./http-options.ts";
import { refusal, toRefusalBody } from "./refusal.ts";

/** Makes the node server, which knows its limits and tells `connections` of every client. It does not listen yet. */
export function createListener(options: ResolvedHttpOptions, connections: Connections): Server {
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
  const listener = tls ? createTlsServer({ ...limits, ...tls }) : createServer(limits);
  listener.maxConnections = options.maxConnections;
  // Headers above the default count of 2,000 would silently be left out; their bytes are bounded anyway.
  listener.maxHeadersCount = 0;
  listener.on("connection", (socket: Socket) => {
    connections.accept(socket);
    if (!tls) connections.add(socket);
  });
  if (tls) listener.on("secureConnection", (socket: Socket) => connections.add(socket));
  listener.on("clientError", (error: NodeJS.ErrnoException, socket: Duplex) => {
    refuseRaw(error, socket as Socket, connections);
  });
  return listener;
}

/** Answers bytes that are no HTTP request, where nothing is being answered on that connection. */
function refuseRaw({ code }: NodeJS.ErrnoException, socket: Socket, connections: Connections): void {
  if (!socket.writable || code === "ECONNRESET" || connections.isAnswering(socket)) {
    socket.destroy();
    return;
  }
  const statuses: Readonly<Record<string, number>> = {
    HPE_HEADER_OVERFLOW: 431,
    HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
    ERR_HTTP_REQUEST_TIMEOUT: 408,
  };
  const status = statuses[code ?? ""] ?? 400;
  const reason = STATUS_CODES[status] ?? "";
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
