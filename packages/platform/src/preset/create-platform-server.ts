import { ConfigError, defineConfig, loadConfig } from "@plinth/config";
import {
  createServer,
  type HttpOptions,
  type Logger,
  type Middleware,
  type PlinthServer,
  type RunOptions,
  type ServerOptions,
  type ServiceDefinitions,
  type ServicesOf,
  type StdioOptions,
} from "@plinth/core";
import type { Metrics, StallWatch } from "@plinth/observability";
import { auditFile } from "./audit-file.ts";
import { chooseTransport } from "./choose-transport.ts";
import { combinationProblems } from "./combination-problems.ts";
import { toHttpOptions } from "./http-options.ts";
import { openMetricsPort, serverMetrics } from "./metrics-port.ts";
import { productionConfig, type ProductionConfig } from "./production-config.ts";
import { productionStack } from "./production-stack.ts";
import { serverLog } from "./server-log.ts";
import type { StackOptions } from "./stack-options.ts";
import { startTracing, wantsTracing } from "./tracing.ts";

/** Options for {@link createPlatformServer}. */
export interface PlatformServerOptions<Definitions extends ServiceDefinitions = Record<never, never>>
  extends ServerOptions<Definitions>, StackOptions {
  /**
   * The loaded settings of {@link productionConfig}, with groups of your own beside them.
   * @default read from the environment and `.env`
   */
  readonly config?: ProductionConfig;
  /** How clients reach the server. @default what the settings say; see `server.transport` */
  readonly transport?: "stdio" | "http";
  /** Tells who sends an HTTP request; see `HttpOptions.authenticate`. **Security:** without it nobody is known. */
  readonly authenticate?: HttpOptions["authenticate"];
}

/** A server with the production stack around it. */
export interface PlatformServer<Services = unknown> extends PlinthServer<Services> {
  readonly config: ProductionConfig;
  readonly transport: "stdio" | "http";
  /** The parts of the stack by name, in their order, the outermost first. */
  readonly parts: PlatformParts;
  /** `undefined` when the settings want none. */
  readonly metrics: Metrics | undefined;
  /** What has blocked the event loop; there with the metrics. For `doctor(server, { stalls: server.stalls.stalls })`. */
  readonly stalls: StallWatch | undefined;
}

/** Which parts of the stack a server has. */
export interface PlatformParts {
  readonly on: readonly string[];
  readonly off: readonly string[];
}

/**
 * Makes a server that an operations team accepts, out of settings: logs, metrics, traces, limits, resilience, audit and
 * tenancy, each a setting, in the recommended order. `run()` and `listen()` take what the settings say; middleware that you
 * `use()` stands inside the stack, next to the handlers. Only what is on is loaded.
 *
 * @throws ConfigError for settings that are wrong, or wrong together: a server that others can reach without authentication,
 * logs on the stdout of a stdio server. KitError `MISUSE` for options and definitions that cannot be.
 */
export async function createPlatformServer<const Definitions extends ServiceDefinitions = Record<never, never>>(
  options: PlatformServerOptions<Definitions>,
): Promise<PlatformServer<ServicesOf<Definitions>>> {
  const config = options.config ?? loadConfig(defineConfig({ groups: productionConfig }));
  const { authenticate, transport = chooseTransport(config) } = options;
  const problems = combinationProblems(config, { transport, authenticates: authenticate !== undefined });
  if (problems.length > 0) throw new ConfigError(problems);

  const own = options.log === undefined ? serverLog(config, transport) : undefined;
  const log: Logger = own ?? (options.log as Logger);
  const server = createServer({ ...options, log });
  if (own !== undefined) server.onClose(() => own.flush());

  const tracing = wantsTracing(config) ? await startTracing(server) : undefined;
  const { metrics, stalls } = (await serverMetrics(config, { server, transport })) ?? {};
  const auditLog = auditFile(config, server);
  const stack = productionStack(config, {
    transport,
    options,
    services: Object.keys(options.services ?? {}),
    health: () => server.health(),
    tracing,
    metrics: metrics?.middleware,
    stalls: stalls?.middleware,
    auditLog,
  });
  server.use(...stack.flatMap(({ middleware }) => middleware ?? []));
  const parts: PlatformParts = {
    on: stack.filter(({ middleware }) => middleware !== undefined).map(({ name }) => name),
    off: stack.filter(({ middleware }) => middleware === undefined).map(({ name }) => name),
  };

  /** Once, however the server begins to serve: the one line that says what is on. */
  let announcing: Promise<void> | undefined;
  const announce = (): Promise<void> =>
    (announcing ??= (async () => {
      const metricsUrl = metrics && (await openMetricsPort(metrics, config, log));
      log.info("Production stack", {
        name: options.name,
        version: options.version,
        transport,
        on: parts.on,
        off: parts.off,
        ...(metricsUrl !== undefined && { metrics: metricsUrl }),
        ...(authenticate === undefined && transport === "http" && { authentication: "none" }),
      });
    })());

  const http = (given: HttpOptions = {}): HttpOptions => ({ ...toHttpOptions(config, authenticate), ...given });
  const stdio = (given: StdioOptions = {}): StdioOptions => ({ maxLineBytes: config.http.bodyLimit, ...given });
  const additions = {
    config,
    transport,
    parts,
    metrics,
    stalls,
    use(...middleware: readonly Middleware[]) {
      server.use(...middleware);
      return platform;
    },
    async listen(given?: HttpOptions) {
      await announce();
      return server.listen(http(given));
    },
    async serveStdio(given?: StdioOptions) {
      await announce();
      return server.serveStdio(stdio(given));
    },
    async run(given: RunOptions = {}) {
      await announce();
      const { workers } = config.server;
      await server.run({ transport, workers, ...given, http: http(given.http), stdio: stdio(given.stdio) });
    },
  };
  // Not a copy, for its getters, and not the server itself, which calls its own methods.
  const platform: PlatformServer<ServicesOf<Definitions>> = Object.create(
    server,
    Object.getOwnPropertyDescriptors(additions),
  ) as PlatformServer<ServicesOf<Definitions>>;
  return platform;
}
