import { within } from "../async/within.ts";
import type { Logger } from "../context/logger.ts";
import { assertWholeNumber, longestTimerMs } from "../errors/assert-whole-number.ts";
import { KitError } from "../errors/kit-error.ts";
import { toError } from "../errors/to-error.ts";
import type { PlatformEvents } from "../events/platform-events.ts";
import { createHealthCheck, toHealthReport, type HealthReport } from "./service-health.ts";
import {
  stopService,
  type ServiceHealth,
  type ServiceDefinition,
  type ServiceDefinitions,
  type ServicesOf,
} from "./service.ts";

/** How long services may take. */
export interface ServiceLimits {
  /** Milliseconds one service may take to start. @default 30_000 */
  readonly startTimeoutMs?: number;
  /** Milliseconds one service may take to stop before the next one is stopped beside it. @default 10_000 */
  readonly stopTimeoutMs?: number;
  /** Milliseconds one health check may take. @default 2_000 */
  readonly healthTimeoutMs?: number;
  /**
   * Milliseconds for which a health report is handed out again, so that a storm of probes costs one check.
   * @default 1_000
   */
  readonly healthCacheMs?: number;
}

/** Options for {@link createServiceSet}. */
export interface ServiceSetOptions extends ServiceLimits {
  readonly log: Logger;
  readonly events: PlatformEvents;
}

/** The services of one server: started in order, stopped in reverse, both once. */
export interface ServiceSet<Definitions extends ServiceDefinitions = ServiceDefinitions> {
  /** What handlers find on `ctx.services`. Reading one before it is up throws a `KitError` `MISUSE`. */
  readonly values: ServicesOf<Definitions>;
  /**
   * Starts the services in the order of their declaration. Callers share one start.
   * @throws KitError `UNAVAILABLE` naming the service that failed; those already up have been stopped then
   * @throws KitError `MISUSE` after {@link stop}
   */
  start(): Promise<void>;
  /** How far the start has come. */
  readonly state: "new" | "starting" | "serving";
  /** Checks every service at the same time. Never rejects. */
  health(): Promise<HealthReport>;
  /**
   * Stops the services in reverse. A failure is logged and the rest still stops. Never rejects; callers share one stop.
   */
  stop(): Promise<void>;
}

interface RunningService {
  readonly name: string;
  readonly definition: ServiceDefinition;
  readonly value: unknown;
}

/** Makes the set; nothing starts until {@link ServiceSet.start}. */
export function createServiceSet<const Definitions extends ServiceDefinitions>(
  definitions: Definitions,
  {
    log,
    events,
    startTimeoutMs = 30_000,
    stopTimeoutMs = 10_000,
    healthTimeoutMs = 2_000,
    healthCacheMs = 1_000,
  }: ServiceSetOptions,
): ServiceSet<Definitions> {
  assertWholeNumber("startTimeoutMs", startTimeoutMs, { least: 1, most: longestTimerMs });
  assertWholeNumber("stopTimeoutMs", stopTimeoutMs, { least: 1, most: longestTimerMs });
  assertWholeNumber("healthTimeoutMs", healthTimeoutMs, { least: 1, most: longestTimerMs });
  assertWholeNumber("healthCacheMs", healthCacheMs, { most: longestTimerMs });
  const declared = Object.entries<ServiceDefinition>(definitions);
  const misfit = declared.find(([, { start }]) => typeof start !== "function")?.[0];
  if (misfit !== undefined) {
    throw new KitError("MISUSE", `Service ${JSON.stringify(misfit)} needs "start", a function; make it with service()`);
  }
  const checks = declared.map(([name, definition]) => [name, createHealthCheck(definition, healthTimeoutMs)] as const);
  /** In the order of their start, which is the reverse of their stop. */
  const running = new Map<string, RunningService>();
  const values = toValues(declared, running) as ServicesOf<Definitions>;
  const stopping = new AbortController();
  let state: ServiceSet["state"] = "new";
  let started: Promise<void> | undefined;
  let stopped: Promise<void> | undefined;
  let report: { readonly promise: Promise<HealthReport>; readonly madeAt: number } | undefined;

  async function startAll(): Promise<void> {
    state = "starting";
    try {
      for (const [name, definition] of declared) {
        running.set(name, { name, definition, value: await startOne(name, definition) });
      }
      state = "serving";
    } catch (error) {
      await stopAll();
      running.clear();
      throw error;
    } finally {
      report = undefined;
    }
  }

  async function startOne(name: string, definition: ServiceDefinition): Promise<unknown> {
    const tooLate = new AbortController();
    const signal = AbortSignal.any([tooLate.signal, stopping.signal]);
    const serviceLog = log.child({ service: name });
    try {
      signal.throwIfAborted();
      const starting = (async () => definition.start({ log: serviceLog, events, signal, services: values }))();
      const { promise: abandoned, reject } = Promise.withResolvers<never>();
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      const outcome = await within(startTimeoutMs, Promise.race([starting, abandoned])).catch((error: unknown) => {
        if (signal.aborted) discard(name, definition, starting);
        throw error;
      });
      if (!outcome.late) return outcome.value;
      discard(name, definition, starting);
      const timeout = new Error(`It was not up within ${startTimeoutMs} ms`);
      tooLate.abort(timeout);
      throw timeout;
    } catch (cause) {
      throw new KitError("UNAVAILABLE", `Service ${JSON.stringify(name)} failed to start: ${toError(cause).message}`, {
        cause,
        expose: false,
      });
    }
  }

  /** A start that nobody waits for any more may still succeed; what it made must not stay open. */
  function discard(name: string, definition: ServiceDefinition, starting: Promise<unknown>): void {
    starting.then(
      (value) => stopOne({ name, definition, value }),
      () => undefined,
    );
  }

  async function stopAll(): Promise<void> {
    for (const service of [...running.values()].toReversed()) await stopOne(service);
  }

  async function stopOne({ name, definition, value }: RunningService): Promise<void> {
    try {
      const outcome = await within(stopTimeoutMs, stopService(definition, value));
      if (outcome.late) log.error("A service did not stop in time", { service: name, stopTimeoutMs });
    } catch (error) {
      log.error("A service failed to stop", { service: name, error });
    }
  }

  async function checkOne([name, check]: (typeof checks)[number]): Promise<readonly [string, ServiceHealth]> {
    const service = running.get(name);
    if (stopped !== undefined) return [name, { status: "down", detail: "Stopped" }];
    if (service === undefined) return [name, { status: "down", detail: "Not started" }];
    return [name, await check(service.value)];
  }

  return {
    values,
    get state() {
      return state;
    },
    start() {
      if (stopped !== undefined) {
        return Promise.reject(new KitError("MISUSE", "start() after stop(): services run once; make a new server"));
      }
      return (started ??= startAll());
    },
    health() {
      if (report === undefined || performance.now() - report.madeAt >= healthCacheMs) {
        const promise = Promise.all(checks.map(checkOne)).then((states) =>
          toHealthReport(states, (name) => definitions[name]?.critical !== false),
        );
        report = { promise, madeAt: performance.now() };
      }
      return report.promise;
    },
    stop() {
      stopped ??= (async () => {
        report = undefined;
        stopping.abort(new Error("The server is stopping"));
        // A failed start has stopped what was up, and has told its callers why.
        await started?.catch(() => undefined);
        await stopAll();
      })();
      return stopped;
    },
  };
}

/**
 * One getter per service: a service that is not up yet throws a sentence instead of being `undefined` somewhere later.
 */
function toValues(
  declared: readonly (readonly [string, ServiceDefinition])[],
  running: ReadonlyMap<string, RunningService>,
): object {
  const values = Object.create(null) as object;
  for (const [name] of declared) {
    Object.defineProperty(values, name, {
      enumerable: true,
      get() {
        const service = running.get(name);
        if (service === undefined) {
          throw new KitError(
            "MISUSE",
            `Service ${JSON.stringify(name)} is not up: call start() first; a service that needs it must be declared ` +
              "after it",
          );
        }
        return service.value;
      },
    });
  }
  return Object.freeze(values);
}
