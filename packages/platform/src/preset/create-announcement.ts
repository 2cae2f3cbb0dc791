import { isWorkerProcess, type AnyPlinthServer, type HttpOptions, type RunOptions } from "@plinth/core";
import type { AuditLog } from "@plinth/middleware";
import type { Metrics } from "@plinth/observability";
import { withHttpOptions } from "./http-options.ts";
import { openMetricsPort } from "./metrics-port.ts";
import type { ProductionConfig } from "./production-config.ts";
import { riskySettings } from "./risky-settings.ts";

/** Which parts of the stack a server has. */
export interface PlatformParts {
  readonly on: readonly string[];
  readonly off: readonly string[];
}

/** What a server is about to do. */
export interface Serving {
  readonly transport: "stdio" | "http";
  readonly http?: HttpOptions;
  readonly workers?: RunOptions["workers"];
}

/** What there is to tell of. */
export interface Announced {
  readonly config: ProductionConfig;
  readonly parts: PlatformParts;
  readonly metrics: Metrics | undefined;
  readonly auditLog: AuditLog | undefined;
}

/**
 * Makes what comes before a server begins to serve, once, however it does: the port of the metrics, the audit file, one line
 * that says what is on, and one more if something is risky. With several workers the primary tells it, for all of them.
 */
export function createAnnouncement(
  server: AnyPlinthServer,
  { config, parts, metrics, auditLog }: Announced,
): (serving: Serving) => Promise<void> {
  const { name, version, log } = server;
  let announcing: Promise<void> | undefined;

  async function announce({ transport, http = {}, workers = 1 }: Serving): Promise<void> {
    // Asked first: the mark is gone once the worker serves.
    const isWorker = isWorkerProcess();
    const metricsUrl = metrics && (await openMetricsPort(metrics, config, log));
    // A file that cannot be written should be known before the first call is refused for it. A primary records nothing.
    if (isWorker || workers === 1) await auditLog?.open();
    if (isWorker) return;
    const authenticates = http.authenticate !== undefined;
    log.info("Production stack", {
      name,
      version,
      transport,
      ...(workers !== 1 && { workers }),
      on: parts.on,
      off: parts.off,
      ...(metrics !== undefined && { metrics: metricsUrl ?? placeOf(config) }),
      ...(transport === "http" && !authenticates && { authentication: "none" }),
    });
    const risks = riskySettings(withHttpOptions(config, http), {
      transport,
      authenticates,
      tls: http.tls !== undefined,
    });
    if (risks.length > 0) log.warn("Risky settings", { risks });
  }

  return async function announceOnce(serving) {
    announcing ??= announce(serving);
    try {
      await announcing;
    } catch (error) {
      // Another port may be free.
      announcing = undefined;
      throw error;
    }
  };
}

function placeOf({ metrics: { place } }: ProductionConfig): string {
  return place === "main-port" ? "/metrics" : "none";
}
