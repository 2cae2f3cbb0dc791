import { within } from "./async/within.ts";
import type { BindingSource } from "./binding/binding-source.ts";
import { toImplementation } from "./binding/implementation.ts";
import { createOffers } from "./binding/offers.ts";
import type { Catalog } from "./catalog/catalog.ts";
import { normalizeUri } from "./catalog/normalize-uri.ts";
import { createRegistry } from "./catalog/registry.ts";
import { logError, stderrLogger } from "./context/logger.ts";
import type { Notify } from "./context/notify.ts";
import { createStateSealer } from "./context/request-state.ts";
import type { Awaitable } from "./definitions/awaitable.ts";
import { assertWholeNumber, longestTimerMs } from "./errors/assert-whole-number.ts";
import { KitError } from "./errors/kit-error.ts";
import { createPlatformEvents } from "./events/platform-events.ts";
import { createChangeEvents } from "./hosting/change-events.ts";
import type { HostedServer } from "./hosting/hosted-server.ts";
import type { HttpOptions } from "./hosting/http/http-options.ts";
import type { HttpHost, ListenSettings } from "./hosting/http/listen-http.ts";
import { OpenHosts } from "./hosting/open-hosts.ts";
import { run } from "./hosting/run.ts";
import type { Workers, WorkersOptions } from "./hosting/workers/open-workers.ts";
import { assertExtensionMethod, extensionMethod } from "./operations/extension-method.ts";
import { standardOperations } from "./operations/standard-operations.ts";
import { CallsInFlight } from "./pipeline/calls-in-flight.ts";
import { createDispatch, type Dispatch } from "./pipeline/dispatch.ts";
import type { Middleware } from "./pipeline/middleware.ts";
import type { PlinthServer, ServerOptions } from "./server.ts";
import { createServiceSet } from "./services/service-set.ts";
import type { ServiceDefinitions, ServicesOf } from "./services/service.ts";

/** Milliseconds that aborted calls get to clean up in, before the services they use stop and the process may end. */
const abortedMs = 500;

/** Milliseconds that each thing given to `onClose` may take. */
const endMs = 5_000;

/**
 * A server as the rooms of this package see it: with what hosts and bindings need, and nobody else should build upon.
 */
export interface WiredServer<Services = unknown> extends PlinthServer<Services>, HostedServer {
  listen(options?: HttpOptions, settings?: ListenSettings): Promise<HttpHost>;
  /** Has several processes listen on HTTP; this one serves nothing itself and starts no service. */
  listenInWorkers(options: WorkersOptions): Promise<Workers>;
  /** Seals with a key that other processes have too, where the options name none. */
  shareSealingKey(key: string): void;
}

/** Makes a server out of definitions. Everything is compiled here, once; problems with a definition are thrown here. */
export function createServer<const Definitions extends ServiceDefinitions = Record<never, never>>(
  options: ServerOptions<Definitions>,
): PlinthServer<ServicesOf<Definitions>> {
  return wireServer(options);
}

/** What {@link createServer} does. */
export function wireServer<const Definitions extends ServiceDefinitions = Record<never, never>>(
  options: ServerOptions<Definitions>,
): WiredServer<ServicesOf<Definitions>> {
  const { progressIntervalMs = 20, inputTimeoutMs = 600_000, log = stderrLogger() } = options;
  const info = toImplementation(options);
  assertWholeNumber("progressIntervalMs", progressIntervalMs, { most: longestTimerMs });
  assertWholeNumber("inputTimeoutMs", inputTimeoutMs, { least: 1, most: longestTimerMs });
  const changes = createChangeEvents((error) => log.error("A change listener failed", { error }));
  const events = createPlatformEvents((error) => logError(() => log, "An event listener failed", { error }));
  const services = createServiceSet(options.services ?? ({} as Definitions), { ...options.serviceLimits, log, events });
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
  const operations = standardOperations({
    capabilities: () => offers.current().capabilities,
    instructions: options.instructions,
  });
  const offers = createOffers({ catalog: () => registry.current, operations });

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
        events,
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
    log,
    offer: offers.current,
    dispatch,
    changes,
    events,
    inputTimeoutMs,
  };

  // Every HTTP request binds, and even an import of what is loaded costs 5 us.
  let binding: ReturnType<typeof loadBinding> | undefined;
  let closing: Promise<void> | undefined;
  let closed = false;
  async function closeAll(): Promise<void> {
    await hosts.close();
    await server.stop();
    // Stopping has ended the starts that they waited for.
    await hosts.settled();
    for (const end of ends.toReversed()) await endOne(end);
    registry[Symbol.dispose]();
    closed = true;
  }

  const ends: (() => Awaitable<void>)[] = [];
  async function endOne(end: () => Awaitable<void>): Promise<void> {
    try {
      const outcome = await within(endMs, Promise.resolve(end()));
      if (outcome.late) log.error("Something did not end in time", { endMs });
    } catch (error) {
      logError(() => log, "Something failed to end", { error });
    }
  }

  const server: WiredServer<ServicesOf<Definitions>> = {
    ...source,
    name: options.name,
    version: options.version,
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
      offers.announce(methodOptions.extension ?? method, methodOptions.settings ?? {});
    },
    async bind(bindOptions) {
      const { BoundServer } = await (binding ??= loadBinding());
      return new BoundServer(source, bindOptions);
    },
    start: () => services.start(),
    get state() {
      if (closed) return "closed";
      return closing === undefined ? services.state : "draining";
    },
    health: () => services.health(),
    get inFlight() {
      return calls.count;
    },
    stats: () => ({ inFlight: calls.count, ...hosts.stats() }),
    drained: (ms) => calls.drained(ms),
    async stop() {
      calls.abortAll(new KitError("UNAVAILABLE", "The server is stopping"));
      await calls.drained(abortedMs);
      await services.stop();
    },
    async listen(httpOptions = {}, settings = {}) {
      const { listenHttp } = await import("./hosting/http/listen-http.ts");
      return hosts.add(listenHttp(server, httpOptions, settings));
    },
    async listenInWorkers(workersOptions) {
      const { openWorkers } = await import("./hosting/workers/open-workers.ts");
      return hosts.add(openWorkers(log, workersOptions));
    },
    shareSealingKey(key) {
      sealer = createStateSealer({ ...options.requestState, keys: options.requestState?.keys ?? [key] });
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
    onClose: (end) => void ends.push(end),
    [Symbol.asyncDispose]: () => server.close(),
  };
  return server;
}

const loadBinding = () => import("./binding/bound-server.ts");

/** A fixed resource's URI as it stands in the list, where clients have it from, whatever its spelling here. */
function asListed({ resources }: Catalog, uri: string): string {
  return resources.get(normalizeUri(uri)?.href ?? uri)?.definition.uri ?? uri;
}
