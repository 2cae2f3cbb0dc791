import type { IncomingMessage, ServerResponse } from "node:http";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { HostedServer } from "../hosted-server.ts";
import { sumStats, type HostStats } from "../server-stats.ts";
import { ownPort, type ConnectionSource } from "./connection-source.ts";
import { Connections } from "./connections.ts";
import { createDirectLane } from "./direct-lane.ts";
import { drain } from "./drain.ts";
import { Exchange } from "./exchange.ts";
import { createHealthRoutes } from "./health-routes.ts";
import { resolveHttpOptions, type HttpOptions } from "./http-options.ts";
import { lazyLane, type Lane } from "./lane.ts";
import { createListener } from "./listener.ts";
import { createExchangeServer } from "./serve-exchange.ts";

/** A server that listens. */
export interface HttpHost extends AsyncDisposable {
  /** Where clients connect to, for example `http://127.0.0.1:3000/mcp`. */
  readonly url: string;
  readonly port: number;
  /** Resolves when the host has shut down. */
  readonly closed: Promise<void>;
  /** What it holds open now. */
  stats(): HostStats;
  /**
   * Shuts down without failing a call: `/readyz` turns 503, no connection is taken any more, listening streams end,
   * calls finish. What still runs after `drainMs` is aborted. A second call can only shorten that.
   */
  close(options?: CloseOptions): Promise<void>;
}

/** Options for {@link HttpHost.close}. */
export interface CloseOptions {
  /** Milliseconds that calls may still take; 0 ends all at once. @default what `listenHttp` was given */
  readonly drainMs?: number;
}

/** What only the rooms of this package decide about a host. */
export interface ListenSettings {
  /** Where its connections come from. @default a port of its own */
  readonly source?: ConnectionSource;
}

/**
 * Serves MCP over HTTP in both eras (MCP 2026-07-28 and 2025-11-25, Streamable HTTP), with `/healthz` and `/readyz`.
 * Listens first and then starts the services: until they are up, `/readyz` and the MCP path answer 503.
 *
 * @throws KitError `MISUSE` for an option that cannot be, `CONFLICT` when the port is taken, and what `server.start()`
 * throws.
 */
export async function listenHttp(
  server: HostedServer,
  options: HttpOptions = {},
  { source = ownPort(server.log) }: ListenSettings = {},
): Promise<HttpHost> {
  const resolved = resolveHttpOptions(options);
  const connections = new Connections(resolved);
  const sdkLane = lazyLane(async () => (await import("./sdk-lane.ts")).createSdkLane(server, resolved));
  const lanes: readonly Lane[] = resolved.lane === "sdk" ? [sdkLane] : [createDirectLane(server, resolved), sdkLane];
  const ending = Promise.withResolvers<void>();
  let started = false;
  let closed = false;
  let deadline = Infinity;
  let closing: Promise<void> | undefined;
  let stopping: Promise<void> | undefined;
  let listening = true;

  const host = {
    sendTimeoutMs: resolved.sendTimeoutMs,
    compression: resolved.compression,
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
    refused(status: number) {
      if (server.events.heard) server.events.publish({ part: "http", action: "refused", value: status });
    },
  };
  const serveExchange = createExchangeServer({
    options: resolved,
    log: server.log,
    lanes,
    serveHealth: createHealthRoutes(host),
    serving: () => started && !closed,
  });
  const listener = await createListener(resolved, connections);
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    connections.begin(request, response);
    // The listener has refused it.
    if (response.headersSent) return;
    // It reports what `close` tells as well; without a listener it would end the process.
    response.on("error", ignore);
    const exchange = new Exchange(request, response, host);
    if (stopping === undefined || !listening) void serveExchange(exchange);
    else void stopping.then(() => serveExchange(exchange));
  };
  listener.on("request", onRequest).on("checkContinue", onRequest);

  async function shutDown(): Promise<void> {
    await (stopping = source.close(listener, connections));
    listening = false;
    for (const lane of lanes) lane.drain();
    await drain(connections, { deadline: () => deadline, settleMs: source.settleMs });
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

  const port = await source.open(listener, resolved);
  try {
    await server.start();
  } catch (error) {
    await close({ drainMs: 0 });
    throw error;
  }
  started = true;
  const url = `${resolved.tls ? "https" : "http"}://${toUrlHost(resolved.host)}:${port}${resolved.path}`;
  source.ready(url);
  const stats = (): HostStats =>
    sumStats([
      { connections: connections.size, sessions: 0, subscriptions: 0 },
      ...lanes.flatMap((lane) => lane.stats?.() ?? []),
    ]);
  return { url, port, closed: ending.promise, stats, close, [Symbol.asyncDispose]: () => close() };
}

function ignore(): void {}

/** A host as it stands in a URL; the wildcard addresses have no name, so they become this machine's. */
function toUrlHost(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}
