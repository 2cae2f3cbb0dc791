import {
  assertWholeNumber,
  isWorkerProcess,
  KitError,
  type AnyPlinthServer,
  type HttpRoute,
  type Middleware,
} from "@plinth/core";
import type { Registry } from "prom-client";
import { createHealthReader, type ServerHealth } from "../health/server-health.ts";
import { CallSeriesMap } from "./call-series.ts";
import { countCalls } from "./count-calls.ts";
import { measuredMetrics } from "./definitions.ts";
import { EventCells } from "./event-cells.ts";
import { expose, formatOf, toRegistry, type Exposition, type ExpositionFormat } from "./exposition.ts";
import { joinRelay } from "./join-relay.ts";
import { leadRelay } from "./lead-relay.ts";
import { mergeFamilies } from "./merge-families.ts";
import { toFamily, type MetricFamily } from "./metric-family.ts";
import type { MetricsListener, MetricsListenOptions } from "./metrics-listener.ts";
import { runtimeFamilies, toFamilies } from "./runtime-families.ts";
import { serverFamilies } from "./server-families.ts";
import { TargetNames } from "./target-names.ts";
import type { ProcessSnapshot, WorkerRelay } from "./worker-relay.ts";

/** Options for {@link createMetrics}. */
export interface MetricsOptions {
  /** Targets that get a label of their own, in the order of their first call; the rest is `other`. @default 200 */
  readonly maxTargets?: number;
  /** Upper bounds of the durations, in seconds, rising. @default 14 bounds from 1 ms to 30 s */
  readonly buckets?: readonly number[];
  /** Links the slowest places to traces: a sampled trace's id goes with a bucket, for OpenMetrics. @default true */
  readonly exemplars?: boolean;
  /** Adds processor time, memory, garbage collection and event loop of the process. @default true */
  readonly runtime?: boolean;
  /** Registries of prom-client with metrics of your own; they are served, and added up over workers, with these. */
  readonly registries?: readonly Registry[];
  /** Milliseconds that a worker process has to answer a scrape; after that, what it said before stands. @default 1_000 */
  readonly workerTimeoutMs?: number;
}

/** The metrics of one server. */
export interface Metrics extends AsyncDisposable {
  /** Measures calls. Put it outside what refuses or caches calls, so that those count too. */
  readonly middleware: Middleware;
  /** Listens to a server's events, reads its state at each scrape, and closes with it. @throws KitError `MISUSE` twice */
  attach(server: AnyPlinthServer): void;
  /**
   * Serves `/metrics`, `/healthz`, `/readyz` and `/health` on a port of their own. Call it before `server.run()`: with
   * workers, the primary process listens for all of them, and in a worker this gives `undefined`.
   *
   * @throws KitError `CONFLICT` when the port is taken, `MISUSE` for an option that cannot be
   */
  listen(options?: MetricsListenOptions): Promise<MetricsListener | undefined>;
  /**
   * Serves the metrics on the server's main port, to those whom `authenticate` lets in. Make it before `server.run()`.
   * **Security:** every authenticated caller reads the metrics of all; without `authenticate`, everyone does.
   */
  route(path?: string): HttpRoute;
  /** Writes the metrics in the format that an `Accept` header asks for. Calls at the same time share one rendering. */
  render(accept?: string): Promise<Exposition>;
  /** A registry of prom-client that has the values of this moment, for what takes one: a push gateway, a test. */
  registry(): Promise<Registry>;
  /** Ends listening, and counting events; calls are still counted. */
  close(): Promise<void>;
}

/** Makes the metrics of one server; nothing is loaded, opened or observed until somebody wants to read them. */
export function createMetrics(options: MetricsOptions = {}): Metrics {
  const { maxTargets = 200, exemplars = true, runtime = true, registries = [], workerTimeoutMs = 1_000 } = options;
  const buckets = options.buckets ?? measuredMetrics.callDuration.buckets ?? [];
  assertWholeNumber("maxTargets", maxTargets, { least: 1, most: 10_000 });
  assertWholeNumber("workerTimeoutMs", workerTimeoutMs, { least: 1, most: 60_000 });
  assertBuckets(buckets);
  const names = new TargetNames(maxTargets);
  const calls = new CallSeriesMap(names, buckets);
  const events = new EventCells(names);
  // Asked now: the mark is gone once the worker serves.
  const inWorker = isWorkerProcess();
  let server: AnyPlinthServer | undefined;
  let readHealth: (() => Promise<ServerHealth>) | undefined;
  let unsubscribe: (() => void) | undefined;
  let relaying: Promise<WorkerRelay> | undefined;
  let listeners: readonly Promise<MetricsListener>[] = [];
  let collecting: Promise<readonly ProcessSnapshot[]> | undefined;
  const sources = [...(runtime ? [runtimeFamilies] : []), ...registries.map((registry) => () => toFamilies(registry))];
  const failing = new Set<() => Promise<MetricFamily[]>>();
  const rendering = new Map<ExpositionFormat, Promise<Exposition>>();

  /** Before a server is attached there is none that could be ready. */
  const health = async (): Promise<ServerHealth> =>
    (await readHealth?.()) ?? { ready: false, state: "new", report: { status: "down", services: {} } };

  async function own(): Promise<ProcessSnapshot> {
    const [now, ...others] = await Promise.all([health(), ...sources.map(readSource)]);
    const targets = toFamily(measuredMetrics.targetNames, [{ labels: {}, value: names.size }]);
    return {
      families: firstOfEachName([...calls.families(), ...events.families(), targets, ...others.flat()]),
      server: server === undefined ? [] : serverFamilies(server, now),
      health: now,
    };
  }

  /** One that fails is left out: it must not hide all others. */
  async function readSource(source: () => Promise<MetricFamily[]>): Promise<readonly MetricFamily[]> {
    try {
      const families = await source();
      failing.delete(source);
      return families;
    } catch (error) {
      if (!failing.has(source)) server?.log.error("Some metrics could not be read", { error });
      failing.add(source);
      return [];
    }
  }

  /** Scrapers and probes that come at the same time share one round. */
  async function collect(): Promise<readonly ProcessSnapshot[]> {
    collecting ??= (async () => (relaying === undefined ? [await own()] : (await relaying).collect()))();
    const mine = collecting;
    try {
      return await mine;
    } finally {
      if (collecting === mine) collecting = undefined;
    }
  }

  async function families(): Promise<readonly MetricFamily[]> {
    const snapshots = await collect();
    return mergeFamilies(snapshots.map(({ families, server }) => [...server, ...families]));
  }

  async function render(accept?: string): Promise<Exposition> {
    const format = formatOf(accept);
    const shared = rendering.get(format);
    if (shared !== undefined) return shared;
    const mine = families().then((all) => expose(all, format));
    rendering.set(format, mine);
    try {
      return await mine;
    } finally {
      rendering.delete(format);
    }
  }

  function relay(): void {
    // Loaded now, the first scrape does not wait for it; who scrapes hears of what goes wrong.
    if (runtime) runtimeFamilies().catch(() => undefined);
    const relayOptions = { own, timeoutMs: workerTimeoutMs };
    relaying ??= inWorker ? Promise.resolve(joinRelay(relayOptions)) : leadRelay(relayOptions);
  }

  async function close(): Promise<void> {
    unsubscribe?.();
    const [open, relayed] = [listeners, relaying];
    [listeners, relaying] = [[], undefined];
    for (const listener of await Promise.allSettled(open)) {
      if (listener.status === "fulfilled") await listener.value.close();
    }
    await (await relayed)?.close();
  }

  return {
    middleware: countCalls(calls, exemplars),
    attach(attached) {
      if (server !== undefined) {
        throw new KitError(
          "MISUSE",
          `attach() twice: these are the metrics of ${server.name}; make others for another`,
        );
      }
      server = attached;
      readHealth = createHealthReader(attached);
      unsubscribe = attached.events.subscribe(events.count);
      attached.onClose(close);
    },
    async listen(listenOptions = {}) {
      relay();
      // A worker's listen() would be its primary's port once more.
      if (inWorker) return undefined;
      await relaying;
      const source = {
        render,
        health: async () => ((await relaying)?.leads === true ? (await collect())[0]?.health : undefined) ?? health(),
        log: () => server?.log,
      };
      const listener = import("./metrics-listener.ts").then(({ openMetricsListener }) =>
        openMetricsListener(source, listenOptions),
      );
      listeners = [...listeners, listener];
      return listener;
    },
    route(path = "/metrics") {
      relay();
      return {
        method: "GET",
        path,
        authenticated: true,
        async handle(request) {
          const { contentType, text } = await render(request.headers.get("accept") ?? undefined);
          return new Response(text, { headers: { "content-type": contentType, "cache-control": "no-store" } });
        },
      };
    },
    render,
    registry: async () => toRegistry(await families(), "prometheus"),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** A registry of the team's may measure the process too, and one process must not be added up twice. */
function firstOfEachName(families: readonly MetricFamily[]): MetricFamily[] {
  return [...new Map(families.toReversed().map((family) => [family.name, family])).values()].toReversed();
}

function assertBuckets(buckets: readonly number[]): void {
  const rising = buckets.every((bound, index) => Number.isFinite(bound) && bound > (buckets[index - 1] ?? 0));
  if (rising && buckets.length > 0 && buckets.length <= 100) return;
  throw new KitError("MISUSE", `buckets is [${buckets.slice(0, 20).join(", ")}]; use 1 to 100 rising numbers above 0`);
}
