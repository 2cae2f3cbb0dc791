import type { ServerCapabilities, Transport } from "@modelcontextprotocol/server";
import type { BindingSource } from "./binding/binding-source.ts";
import { createCapabilities } from "./binding/capabilities.ts";
import { toImplementation, type ServerIdentity } from "./binding/implementation.ts";
import type { Catalog, Component } from "./catalog/catalog.ts";
import { normalizeUri } from "./catalog/normalize-uri.ts";
import { createRegistry, type ComponentKind } from "./catalog/registry.ts";
import { stderrLogger, type Logger } from "./context/logger.ts";
import type { Notify } from "./context/notify.ts";
import { createStateSealer, type StateSealerOptions } from "./context/request-state.ts";
import type { Schema } from "./definitions/schema.ts";
import { assertWholeNumber, longestTimerMs } from "./errors/assert-whole-number.ts";
import { KitError } from "./errors/kit-error.ts";
import { createChangeEvents } from "./hosting/change-events.ts";
import type { HostedServer } from "./hosting/hosted-server.ts";
import type { HttpOptions } from "./hosting/http/http-options.ts";
import type { HttpHost } from "./hosting/http/listen-http.ts";
import type { MemoryHost } from "./hosting/memory.ts";
import { OpenHosts } from "./hosting/open-hosts.ts";
import { run, type RunOptions } from "./hosting/run.ts";
import type { StdioHost, StdioOptions } from "./hosting/stdio/serve-stdio.ts";
import {
  assertExtensionMethod,
  extensionMethod,
  type ExtensionHandler,
  type ExtensionMethodOptions,
} from "./operations/extension-method.ts";
import { standardOperations } from "./operations/standard-operations.ts";
import { CallsInFlight } from "./pipeline/calls-in-flight.ts";
import { createDispatch, type Dispatch } from "./pipeline/dispatch.ts";
import type { Middleware } from "./pipeline/middleware.ts";
import type { Operation } from "./pipeline/operation.ts";
import type { Principal } from "./protocol/principal.ts";
import { createServiceSet } from "./services/service-set.ts";
import type { ServiceDefinitions, ServicesOf } from "./services/service.ts";

/** Milliseconds that aborted calls get to clean up in, before the services they use stop and the process may end. */
const abortedMs = 500;

/** Options for {@link createServer}. */
export interface ServerOptions<Definitions extends ServiceDefinitions = Record<never, never>> extends ServerIdentity {
  /** Told to the model once, at discovery: how the tools go together. */
  readonly instructions?: string;
  /** Tools, resources and prompts. */
  readonly components?: readonly Component<ServicesOf<Definitions>>[];
  /** What handlers find on `ctx.services`; started in this order, stopped in reverse. */
  readonly services?: Definitions;
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

/** An MCP server: definitions in, any number of transports out. Nothing listens until one of the serving methods is called. */
export interface PlinthServer<Services = unknown> extends HostedServer, AsyncDisposable {
  readonly name: string;
  readonly version: string;
  readonly notify: Notify;
  /** The running services. @throws KitError `MISUSE` before `start()` */
  readonly services: Services;
  /** Adds middleware inside what is there already. @throws KitError `MISUSE` once a call has been served */
  use(...middleware: readonly Middleware[]): this;
  /**
   * Adds components. Clients on an open connection hear of it, unless the server had nothing of that kind when they connected:
   * capabilities are told once.
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
   * Adds an extension method, which runs through the same pipeline. Add it before clients connect: a connection serves the
   * methods that were there when it began.
   *
   * @throws KitError `CONFLICT` when the method is taken, `MISUSE` for a name that is not of the form `vendor/thing` or lies in
   * a name space of the specification
   */
  method<Params extends Schema, ResultSchema extends Schema | undefined = undefined>(
    method: string,
    options: ExtensionMethodOptions<Params, ResultSchema>,
    handler: ExtensionHandler<Params, ResultSchema, Services>,
  ): void;
  /** Serves one request that a binding has decoded. */
  readonly dispatch: Dispatch;
  /** Starts the services and listens on HTTP. */
  listen(options?: HttpOptions): Promise<HttpHost>;
  /** Starts the services and serves this process's standard input and output. */
  serveStdio(options?: StdioOptions): Promise<StdioHost>;
  /** Starts the services and serves one connection over any SDK transport, for example an in-memory pair. */
  connect(transport: Transport, options?: { readonly principal?: Principal }): Promise<MemoryHost>;
  /** Serves until told to stop: stdio when a client spawned the process, HTTP when a port is given; see {@link RunOptions}. */
  run(options?: RunOptions): Promise<void>;
  /** Ends all serving gracefully, then stops the services. Once; a second call waits for the first. */
  close(): Promise<void>;
}

/** A server whatever services it has. `any`: tests and hosts take every server. */
export type AnyPlinthServer = PlinthServer<any>;

/** Makes a server out of definitions. Everything is compiled here, once; problems with a definition are thrown here. */
export function createServer<const Definitions extends ServiceDefinitions = Record<never, never>>(
  options: ServerOptions<Definitions>,
): PlinthServer<ServicesOf<Definitions>> {
  const { progressIntervalMs = 20, inputTimeoutMs = 600_000, log = stderrLogger() } = options;
  const info = toImplementation(options);
  assertWholeNumber("progressIntervalMs", progressIntervalMs, { most: longestTimerMs });
  assertWholeNumber("inputTimeoutMs", inputTimeoutMs, { least: 1, most: longestTimerMs });
  const changes = createChangeEvents((error) => log.error("A change listener failed", { error }));
  const services = createServiceSet(options.services ?? ({} as Definitions), { log });
  const calls = new CallsInFlight();
  const middleware: Middleware[] = [];
  const hosts = new OpenHosts();

  const registry = createRegistry({
    components: options.components ?? [],
    ...(options.pageSize !== undefined && { pageSize: options.pageSize }),
    onChange: (kinds) => {
      for (const kind of kinds) changes.publish({ kind: `${kind}_list_changed` });
    },
  });
  const notify: Notify = {
    resourceUpdated: (uri) => changes.publish({ kind: "resource_updated", uri: asListed(registry.current, uri) }),
    toolsChanged: () => changes.publish({ kind: "tools_list_changed" }),
    promptsChanged: () => changes.publish({ kind: "prompts_list_changed" }),
    resourcesChanged: () => changes.publish({ kind: "resources_list_changed" }),
  };
  const capabilities = createCapabilities(() => registry.current);
  const operations = standardOperations({ capabilities: capabilities.current, instructions: options.instructions });

  // A key that does not fit should be found now; a random one can wait until a question is asked.
  let sealer = options.requestState && createStateSealer(options.requestState);
  let pipeline: Dispatch | undefined;
  const dispatch: Dispatch = (incoming) => {
    pipeline ??= createDispatch({
      catalog: () => registry.current,
      operations,
      middleware,
      calls,
      environment: {
        log,
        services: services.values,
        notify,
        progressIntervalMs,
        inputTimeoutMs,
        sealer: () => (sealer ??= createStateSealer({})),
      },
    });
    return pipeline(incoming);
  };

  const source: BindingSource = {
    info,
    instructions: options.instructions,
    capabilities: capabilities.current,
    methods: () => methodsOf(operations, capabilities.current()),
    dispatch,
    changes,
    inputTimeoutMs,
  };

  // Every HTTP request binds, and even an import of what is loaded costs 5 us.
  let binding: ReturnType<typeof loadBinding> | undefined;
  let closing: Promise<void> | undefined;
  async function closeAll(): Promise<void> {
    await hosts.close();
    await server.stop();
    // Stopping has ended the starts that they waited for.
    await hosts.settled();
    registry[Symbol.dispose]();
  }

  const server: PlinthServer<ServicesOf<Definitions>> = {
    name: options.name,
    version: options.version,
    log,
    changes,
    dispatch,
    notify,
    get services() {
      return services.values;
    },
    get catalog(): Catalog {
      return registry.current;
    },
    use(...added) {
      if (pipeline !== undefined) {
        throw new KitError("MISUSE", "use() after the first call: add middleware before the server serves");
      }
      middleware.push(...added);
      return server;
    },
    add: (...components) => registry.add(...components),
    remove: (kind, name) => registry.remove(kind, name),
    enable: (kind, name) => registry.enable(kind, name),
    disable: (kind, name) => registry.disable(kind, name),
    method(method, methodOptions, handler) {
      assertExtensionMethod(method);
      if (operations.has(method)) {
        throw new KitError("CONFLICT", `Method ${JSON.stringify(method)} is there already; choose another name`);
      }
      operations.set(method, extensionMethod(method, methodOptions, handler));
      capabilities.announce(methodOptions.extension ?? method, methodOptions.settings ?? {});
    },
    async bind(bindOptions) {
      const { BoundServer } = await (binding ??= loadBinding());
      return new BoundServer(source, bindOptions);
    },
    start: () => services.start(),
    health: () => services.health(),
    get inFlight() {
      return calls.count;
    },
    drained: (ms) => calls.drained(ms),
    async stop() {
      calls.abortAll(new KitError("UNAVAILABLE", "The server is stopping"));
      await calls.drained(abortedMs);
      await services.stop();
    },
    async listen(httpOptions = {}) {
      const { listenHttp } = await import("./hosting/http/listen-http.ts");
      return hosts.add(listenHttp(server, httpOptions));
    },
    async serveStdio(stdioOptions = {}) {
      const { serveStdio } = await import("./hosting/stdio/serve-stdio.ts");
      return hosts.add(serveStdio(server, stdioOptions));
    },
    async connect(transport, connectOptions = {}) {
      const { connectMemory } = await import("./hosting/memory.ts");
      return hosts.add(connectMemory(server, transport, connectOptions));
    },
    run: (runOptions = {}) => run(server, runOptions),
    close: () => (closing ??= closeAll()),
    [Symbol.asyncDispose]: () => server.close(),
  };
  return server;
}

const loadBinding = () => import("./binding/sdk-binding.ts");

/** A fixed resource's URI as it stands in the list, where clients have it from, whatever its spelling here. */
function asListed({ resources }: Catalog, uri: string): string {
  return resources.get(normalizeUri(uri)?.href ?? uri)?.definition.uri ?? uri;
}

/** Methods that the server's capabilities let exist (MCP 2026-07-28, capability negotiation). */
function methodsOf(operations: ReadonlyMap<string, Operation>, announced: ServerCapabilities): string[] {
  const served = [...operations.values()].filter(
    ({ capability }) => capability === undefined || announced[capability] !== undefined,
  );
  return served.map(({ method }) => method);
}
