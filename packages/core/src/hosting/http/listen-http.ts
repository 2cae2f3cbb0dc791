import {
  createServer,
  STATUS_CODES,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { KitError } from "../../errors/kit-error.ts";
import type { HostedServer } from "../hosted-server.ts";
import { Connections } from "./connections.ts";
import { drain, stopListening } from "./drain.ts";
import { Exchange } from "./exchange.ts";
import { createHealthRoutes } from "./health-routes.ts";
import { resolveHttpOptions, type HttpOptions, type ResolvedHttpOptions } from "./http-options.ts";
import { lazyLane, type Lane } from "./lane.ts";
import { refusal, toRefusalBody } from "./refusal.ts";
import { createExchangeServer } from "./serve-exchange.ts";

/** A server that listens. */
export interface HttpHost extends AsyncDisposable {
  /** Where clients connect to, for example `http://127.0.0.1:3000/mcp`. */
  readonly url: string;
  readonly port: number;
  /** Resolves when the host has shut down. */
  readonly closed: Promise<void>;
  /**
   * Shuts down without failing a call: `/readyz` turns 503, no connection is taken any more, listening streams end, calls
   * finish. What still runs after `drainMs` is aborted. A second call can only shorten that.
   */
  close(options?: CloseOptions): Promise<void>;
}

/** Options for {@link HttpHost.close}. */
export interface CloseOptions {
  /** Milliseconds that calls may still take; 0 ends all at once. @default what `listenHttp` was given */
  readonly drainMs?: number;
}

/**
 * Serves MCP over HTTP in both eras (MCP 2026-07-28 and 2025-11-25, Streamable HTTP), with `/healthz` and `/readyz`. Listens first
 * and then starts the services: until they are up, `/readyz` and the MCP path answer 503.
 *
 * @throws KitError `MISUSE` for an option that cannot be, `CONFLICT` when the port is taken, and what `server.start()` throws.
 */
export async function listenHttp(server: HostedServer, options: HttpOptions = {}): Promise<HttpHost> {
  const resolved = resolveHttpOptions(options);
  const connections = new Connections();
  const lanes: readonly Lane[] = [
    lazyLane(async () => (await import("./sdk-lane.ts")).createSdkLane(server, resolved)),
  ];
  const ending = Promise.withResolvers<void>();
  let started = false;
  let closed = false;
  let deadline = Infinity;
  let closing: Promise<void> | undefined;
  let stopping: Promise<void> | undefined;
  let listening = true;

  const host = {
    sendTimeoutMs: resolved.sendTimeoutMs,
    get lastAnswers() {
      return !listening;
    },
    get draining() {
      return closing !== undefined;
    },
    get started() {
      return started;
    },
    health: () => server.health(),
  };
  const serveExchange = createExchangeServer({
    options: resolved,
    log: server.log,
    lanes,
    healthRoutes: createHealthRoutes(host),
    serving: () => started && !closed,
  });
  const listener = createListener(resolved, connections);
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    connections.begin(request, response);
    // Both report what `close` tells as well; without a listener they would end the process.
    request.on("error", () => undefined);
    response.on("error", () => undefined);
    const exchange = new Exchange(request, response, host);
    if (stopping === undefined || !listening) void serveExchange(exchange);
    else void stopping.then(() => serveExchange(exchange));
  };
  listener.on("request", onRequest).on("checkContinue", onRequest);

  async function shutDown(): Promise<void> {
    await (stopping = stopListening(listener, connections));
    listening = false;
    for (const lane of lanes) lane.drain();
    await drain(connections, () => deadline);
    await server.drained(Math.max(0, Math.ceil(deadline - performance.now())));
    closed = true;
    await Promise.all(lanes.map((lane) => lane.close()));
    // What the lanes answered to the calls that they ended still has to be written.
    await nextTurn();
    const ended = new Promise((resolve) => listener.once("close", resolve));
    connections.destroyAll();
    listener.close();
    await ended;
    ending.resolve();
  }

  function close({ drainMs = resolved.drainMs }: CloseOptions = {}): Promise<void> {
    deadline = Math.min(deadline, performance.now() + drainMs);
    return (closing ??= shutDown());
  }

  await listen(listener, resolved);
  try {
    await server.start();
  } catch (error) {
    await close({ drainMs: 0 });
    throw error;
  }
  started = true;
  const { port } = listener.address() as AddressInfo;
  const url = `${resolved.tls ? "https" : "http"}://${toUrlHost(resolved.host)}:${port}${resolved.path}`;
  server.log.info("Listening", { url });
  return { url, port, closed: ending.promise, close, [Symbol.asyncDispose]: () => close() };
}

function createListener(options: ResolvedHttpOptions, connections: Connections): Server {
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

function listen(listener: Server, { host, port }: ResolvedHttpOptions): Promise<void> {
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

/** A host as it stands in a URL; the wildcard addresses have no name, so they become this machine's. */
function toUrlHost(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}
