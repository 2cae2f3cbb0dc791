import type { Transport } from "@modelcontextprotocol/server";
import type { ServerIdentity } from "./binding/implementation.ts";
import type { Catalog, Component } from "./catalog/catalog.ts";
import type { ComponentKind } from "./catalog/registry.ts";
import type { Logger } from "./context/logger.ts";
import type { Notify } from "./context/notify.ts";
import type { StateSealerOptions } from "./context/request-state.ts";
import type { Awaitable } from "./definitions/awaitable.ts";
import type { Schema } from "./definitions/schema.ts";
import type { PlatformEvents } from "./events/platform-events.ts";
import type { HttpOptions } from "./hosting/http/http-options.ts";
import type { HttpHost } from "./hosting/http/listen-http.ts";
import type { MemoryHost, MemoryOptions } from "./hosting/memory.ts";
import type { RunOptions } from "./hosting/run.ts";
import type { ServerStats } from "./hosting/server-stats.ts";
import type { StdioHost, StdioOptions } from "./hosting/stdio/serve-stdio.ts";
import type { ExtensionHandler, ExtensionMethodOptions } from "./operations/extension-method.ts";
import type { Middleware } from "./pipeline/middleware.ts";
import type { HealthReport } from "./services/service-health.ts";
import type { ServiceLimits } from "./services/service-set.ts";
import type { ServiceDefinitions, ServicesOf } from "./services/service.ts";

/** Options for `createServer`. */
export interface ServerOptions<Definitions extends ServiceDefinitions = Record<never, never>> extends ServerIdentity {
  /** Told to the model once, at discovery: how the tools go together. */
  readonly instructions?: string;
  /** Tools, resources and prompts. */
  readonly components?: readonly Component<ServicesOf<Definitions>>[];
  /** What handlers find on `ctx.services`; started in this order, stopped in reverse. */
  readonly services?: Definitions;
  /** How long services may take to start, to stop and to say how they are. */
  readonly serviceLimits?: ServiceLimits;
  /** Entries per list page. @default 200 */
  readonly pageSize?: number;
  /** Where log lines go. @default JSON lines on stderr, level "info" */
  readonly log?: Logger;
  /** Milliseconds between two progress notifications of one call; the last one is always sent. @default 20 */
  readonly progressIntervalMs?: number;
  /** Milliseconds a legacy client may take to answer a question. @default 600_000 */
  readonly inputTimeoutMs?: number;
  /**
   * Seals the state of calls that wait for the client. **Security:** replicas behind one address must share `keys`; the
   * default is a random key per process.
   */
  readonly requestState?: StateSealerOptions;
}

/**
 * An MCP server: definitions in, any number of transports out. Nothing listens until one of the serving methods is
 * called.
 */
export interface PlinthServer<Services = unknown> extends AsyncDisposable {
  readonly name: string;
  readonly version: string;
  readonly log: Logger;
  /** What the server offers now. */
  readonly catalog: Catalog;
  readonly notify: Notify;
  /** What the parts of the server tell of their work, for metrics. */
  readonly events: PlatformEvents;
  /** The running services. @throws KitError `MISUSE` before `start()` */
  readonly services: Services;
  /** Adds middleware inside what is there already. @throws KitError `MISUSE` once a call has been served */
  use(...middleware: readonly Middleware[]): this;
  /**
   * Adds components. Clients on an open connection hear of it, unless the server had nothing of that kind when they
   * connected: capabilities are told once.
   *
   * @throws KitError `CONFLICT` naming both origins when a name is taken; nothing is added then
   */
  add(...components: readonly Component<Services>[]): void;
  /** Removes a component; tells whether it was there. */
  remove(kind: ComponentKind, name: string): boolean;
  /** Brings a disabled component back. */
  enable(kind: ComponentKind, name: string): void;
  /** Hides a component from lists and calls without forgetting it. */
  disable(kind: ComponentKind, name: string): void;
  /**
   * Adds an extension method, which runs through the same pipeline. Add it before clients connect: a connection serves
   * the methods that were there when it began.
   *
   * @throws KitError `CONFLICT` when the method is taken, `MISUSE` for a name that is not of the form `vendor/thing` or
   * lies in a name space of the specification
   */
  method<Params extends Schema, ResultSchema extends Schema | undefined = undefined>(
    method: string,
    options: ExtensionMethodOptions<Params, ResultSchema>,
    handler: ExtensionHandler<Params, ResultSchema, Services>,
  ): void;
  /** Starts the services in order, once. @throws KitError `UNAVAILABLE` naming the service that failed */
  start(): Promise<void>;
  /** Where the server is in its life. */
  readonly state: ServerState;
  /** Checks every service. Never rejects. */
  health(): Promise<HealthReport>;
  /** Calls in flight now. */
  readonly inFlight: number;
  /** What the server holds open now, on all its transports. */
  stats(): ServerStats;
  /** Starts the services and listens on HTTP. */
  listen(options?: HttpOptions): Promise<HttpHost>;
  /** Starts the services and serves this process's standard input and output. */
  serveStdio(options?: StdioOptions): Promise<StdioHost>;
  /** Starts the services and serves one connection over any SDK transport, for example an in-memory pair. */
  connect(transport: Transport, options?: MemoryOptions): Promise<MemoryHost>;
  /**
   * Serves until told to stop: stdio when a client spawned the process, HTTP when a port is given; see
   * {@link RunOptions}.
   */
  run(options?: RunOptions): Promise<void>;
  /** Ends all serving gracefully, then stops the services. Once; a second call waits for the first. */
  close(): Promise<void>;
  /**
   * Has `close()` end something more, when the services have stopped; the last added is ended first. A failure is logged.
   */
  onClose(end: () => Awaitable<void>): void;
}

/** Where a server is in its life: `serving` from the end of its start on, `draining` from the beginning of its close. */
export type ServerState = "new" | "starting" | "serving" | "draining" | "closed";

/** A server whatever services it has. `any`: tests and hosts take every server. */
export type AnyPlinthServer = PlinthServer<any>;
