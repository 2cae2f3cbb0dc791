import { ConfigError, defineConfig, loadConfig } from "@plinth/config";
import {
  createServer,
  KitError,
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
import type { Metrics, PlatformLogger, StallWatch } from "@plinth/observability";
import { auditFile } from "./audit-file.ts";
import { chooseTransport } from "./choose-transport.ts";
import { combinationProblems, type Circumstances } from "./combination-problems.ts";
import { createAnnouncement, type PlatformParts } from "./create-announcement.ts";
import { followLevelSignal } from "./follow-level-signal.ts";
import { mergeHttpOptions, toHttpOptions, withHttpOptions } from "./http-options.ts";
import { serverMetrics } from "./metrics-port.ts";
import { productionConfig, type ProductionConfig } from "./production-config.ts";
import { productionStack } from "./production-stack.ts";
import { resolveOutput, serverLog } from "./server-log.ts";
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
  assertFitting(config, { transport, authenticates: authenticate !== undefined });

  const own = options.log === undefined ? serverLog(config, transport) : undefined;
  const log: Logger = own ?? (options.log as Logger);
  const server = createServer({ ...options, log });
  if (own !== undefined) server.onClose(() => own.close());
  try {
    return await withProductionStack(server, { ...options, config, transport, own });
  } catch (error) {
    // Telemetry and timers may run already.
    await server.close();
    throw error;
  }
}

/** What {@link withProductionStack} is made from. */
interface Ingredients extends StackOptions, Pick<PlatformServerOptions, "authenticate" | "services"> {
  readonly config: ProductionConfig;
  readonly transport: "stdio" | "http";
  /** The log that the settings ask for; `undefined` where code has given one. */
  readonly own: PlatformLogger | undefined;
}

async function withProductionStack<Services>(
  server: PlinthServer<Services>,
  { config, transport, own, authenticate, ...options }: Ingredients,
): Promise<PlatformServer<Services>> {
  const authenticates = authenticate !== undefined;
  const tracing = wantsTracing(config) ? await startTracing(config, { server, authenticates }) : undefined;
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

  const announce = createAnnouncement(server, { config, parts, metrics, auditLog });
  const onMainPort = metrics !== undefined && config.metrics.place === "main-port";
  const settings = { ...toHttpOptions(config, authenticate), ...(onMainPort && { routes: [metrics.route()] }) };
  /** @throws ConfigError when what code gives makes a combination wrong */
  const http = (given: HttpOptions = {}): HttpOptions => {
    const merged = mergeHttpOptions(settings, given);
    assertFitting(withHttpOptions(config, merged), {
      transport: "http",
      authenticates: merged.authenticate !== undefined,
      listens: true,
    });
    return merged;
  };
  /** @throws KitError `MISUSE` where the log would be in the protocol's way */
  const stdio = (given: StdioOptions = {}): StdioOptions => {
    const { log } = config;
    const isInTheWay = own !== undefined && log.file === undefined && resolveOutput(log.output, transport) === "stdout";
    if (isInTheWay && given.output === undefined) {
      throw new KitError(
        "MISUSE",
        "The server was made for HTTP and logs to stdout, which is the protocol's under stdio; make it with " +
          'transport: "stdio", or set log.output to stderr',
      );
    }
    return { maxLineBytes: config.http.bodyLimit, ...given };
  };
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
      const options = http(given);
      await announce({ transport: "http", http: options });
      return server.listen(options);
    },
    async serveStdio(given?: StdioOptions) {
      const options = stdio(given);
      await announce({ transport: "stdio" });
      return server.serveStdio(options);
    },
    async run(given: RunOptions = {}) {
      const running = given.transport === undefined || given.transport === "auto" ? transport : given.transport;
      const { workers = config.server.workers } = given;
      const reached = running === "http" ? { http: http(given.http) } : { stdio: stdio(given.stdio) };
      try {
        await announce({ transport: running, workers: running === "http" ? workers : 1, ...reached });
      } catch (error) {
        await server.close();
        throw error;
      }
      const ignoreSignal = own && (await followLevelSignal(own, { workers: workers !== 1 }));
      await server.run({ workers, ...given, ...reached, transport: running });
      ignoreSignal?.();
    },
  };
  // Not a copy, for its getters, and not the server itself, which calls its own methods.
  const platform: PlatformServer<Services> = Object.create(
    server,
    Object.getOwnPropertyDescriptors(additions),
  ) as PlatformServer<Services>;
  return platform;
}

function assertFitting(config: ProductionConfig, circumstances: Circumstances): void {
  const problems = combinationProblems(config, circumstances);
  if (problems.length > 0) throw new ConfigError(problems);
}
