import { KitError, type AnyPlinthServer, type Logger } from "@plinth/core";
import type { Metrics, StallWatch } from "@plinth/observability";
import { wasGiven } from "./choose-transport.ts";
import type { ProductionConfig } from "./production-config.ts";

/** What measures a server. */
export interface ServerMetrics {
  readonly metrics: Metrics;
  readonly stalls: StallWatch;
}

/** The metrics that the settings ask for, attached to the server; `auto` is for HTTP, where somebody can scrape them. */
export async function serverMetrics(
  { metrics: { mode } }: ProductionConfig,
  { server, transport }: { readonly server: AnyPlinthServer; readonly transport: "stdio" | "http" },
): Promise<ServerMetrics | undefined> {
  if (mode === "off" || (mode === "auto" && transport === "stdio")) return undefined;
  const { createMetrics, stallWatch } = await import("@plinth/observability");
  const [metrics, stalls] = [createMetrics(), stallWatch()];
  metrics.attach(server);
  stalls.attach(server);
  server.onClose(() => stalls.close());
  return { metrics, stalls };
}

/**
 * Opens the port of the metrics. One that nobody has chosen may be taken, as by a second server on the machine: then the
 * server goes on without, and says so.
 *
 * @returns where the metrics are; `undefined` in a worker, whose primary has the port, and on the main port
 * @throws KitError `CONFLICT` when a port that was chosen is taken
 */
export async function openMetricsPort(
  metrics: Metrics,
  config: ProductionConfig,
  log: Logger,
): Promise<string | undefined> {
  const { place, host, port } = config.metrics;
  if (place === "main-port") return undefined;
  try {
    return (await metrics.listen({ host, port }))?.url;
  } catch (error) {
    const isChosen = config.metrics.mode === "on" || wasGiven(config, "metrics.port");
    if (isChosen || !KitError.isInstance(error) || error.code !== "CONFLICT") throw error;
    log.warn("The server has no metrics port: the default one is taken; set metrics.port, or metrics.mode to off", {
      host,
      port,
    });
    return undefined;
  }
}
