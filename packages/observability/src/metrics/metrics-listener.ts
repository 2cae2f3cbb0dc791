import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { isIPv4, type AddressInfo } from "node:net";
import { assertWholeNumber, KitError, quote, type Logger } from "@plinth/core";
import { healthAnswer } from "../health/health-answer.ts";
import type { ServerHealth } from "../health/server-health.ts";
import type { Exposition } from "./exposition.ts";

/** Options for `metrics.listen()`. */
export interface MetricsListenOptions {
  /** TCP port; 0 takes a free one. @default 9464 */
  readonly port?: number;
  /**
   * Address to listen on. **Security:** who reaches it reads everything without a password; on any but a loopback address
   * keep it to the network of the scraper. @default "127.0.0.1"
   */
  readonly host?: string;
  /**
   * Whether `/health` tells the details of the services. **Security:** they may name hosts and users.
   * @default on a loopback address alone
   */
  readonly details?: boolean;
}

/** The port that scrapers and probes ask. */
export interface MetricsListener extends AsyncDisposable {
  /** Where the metrics are, for example `http://127.0.0.1:9464/metrics`. */
  readonly url: string;
  readonly port: number;
  /** Ends it; a scrape that runs is still answered. */
  close(): Promise<void>;
}

/** What the listener answers with. */
export interface MetricsSource {
  render(accept: string | undefined): Promise<Exposition>;
  health(): Promise<ServerHealth>;
  readonly log: () => Logger | undefined;
}

/** The most connections at once: scrapers and probes are few. */
const maxConnections = 64;

/** Milliseconds that scrapes may still take when the listener closes. */
const closeMs = 1_000;

/**
 * Opens the port.
 * @throws KitError `MISUSE` for an option that cannot be, `CONFLICT` when the port is taken, `UNAVAILABLE` when it cannot be
 * opened otherwise
 */
export async function openMetricsListener(
  source: MetricsSource,
  { port = 9464, host = "127.0.0.1", details = isLoopback(host) }: MetricsListenOptions,
): Promise<MetricsListener> {
  assertWholeNumber("port", port, { most: 65_535 });
  // An empty one would be every address of the machine.
  if (typeof host !== "string" || host.trim() === "") {
    throw new KitError("MISUSE", `host is ${quote(host)}; name an address, such as "127.0.0.1", or leave it out`);
  }
  let failureLogged = false;
  const server = createServer(
    {
      maxHeaderSize: 8 * 1024,
      headersTimeout: 5_000,
      requestTimeout: 10_000,
      keepAliveTimeout: 65_000,
      connectionsCheckingInterval: 5_000,
    },
    (request, response) => void serve(request, response),
  );
  server.maxConnections = maxConnections;
  // One that takes nothing of its answer holds its memory.
  server.setTimeout(15_000, (socket) => socket.destroy());
  server.on("clientError", (_error, socket) => socket.destroy());

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on("error", () => undefined);
    try {
      await answer(request, response);
    } catch (error) {
      if (!failureLogged) source.log()?.error("The metrics could not be rendered", { error });
      failureLogged = true;
      send(request, response, 503, "text/plain; charset=utf-8", "The metrics cannot be read now; the log says why.\n");
    }
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A body is never read, so nothing can follow it on this connection.
    const { headers, method } = request;
    if (headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined) {
      response.setHeader("connection", "close");
    }
    if (method !== "GET" && method !== "HEAD") {
      response.setHeader("allow", "GET, HEAD");
      send(request, response, 405, "text/plain; charset=utf-8", "Use GET or HEAD.\n");
      return;
    }
    const path = (request.url ?? "").split("?", 1)[0] ?? "";
    if (path === "/metrics") {
      const { contentType, text } = await source.render(headers.accept);
      failureLogged = false;
      send(request, response, 200, contentType, text);
    } else if (path === "/healthz") {
      // It asks nobody: that this is answered is the answer.
      send(request, response, 200, "application/json", '{"status":"alive"}');
    } else if (path === "/readyz" || path === "/health") {
      const { status, body } = healthAnswer(path, await source.health(), details);
      send(request, response, status, "application/json", JSON.stringify(body));
    } else {
      send(request, response, 404, "text/plain; charset=utf-8", "Here are /metrics, /healthz, /readyz and /health.\n");
    }
  }

  const opened = Promise.withResolvers<void>();
  server.once("error", opened.reject).listen(port, host, opened.resolve);
  try {
    await opened.promise;
  } catch (cause) {
    const taken = (cause as NodeJS.ErrnoException).code === "EADDRINUSE";
    throw new KitError(
      taken ? "CONFLICT" : "UNAVAILABLE",
      `The metrics cannot listen on ${host}:${port}${taken ? ", which is taken; choose another port" : ""}`,
      { cause },
    );
  }
  server.on("error", (error) => source.log()?.error("The port of the metrics failed", { error }));
  // Metrics are no reason for a process to go on.
  server.unref();

  let closing: Promise<void> | undefined;
  async function shutDown(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(() => server.closeAllConnections(), closeMs);
    server.close(() => resolve());
    server.closeIdleConnections();
    await promise;
    clearTimeout(timer);
  }
  const { port: opened_ } = server.address() as AddressInfo;
  const close = (): Promise<void> => (closing ??= shutDown());
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${opened_}/metrics`,
    port: opened_,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function send(
  { method }: IncomingMessage,
  response: ServerResponse,
  status: number,
  contentType: string,
  text: string,
): void {
  if (response.headersSent || response.destroyed) return;
  const headers = {
    "content-type": contentType,
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
  };
  response.writeHead(status, headers).end(method === "HEAD" ? undefined : text);
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIPv4(host) && host.startsWith("127."));
}
