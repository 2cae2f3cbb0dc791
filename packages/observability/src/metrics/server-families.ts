import type { AnyPlinthServer } from "@plinth/core";
import type { ServerHealth } from "../health/server-health.ts";
import { measuredMetrics } from "./definitions.ts";
import { toFamily, type MetricFamily } from "./metric-family.ts";

/** What a server holds open and how its services are, at this moment. The health report is the one that probes share. */
export function serverFamilies(server: AnyPlinthServer, { ready, report }: ServerHealth): MetricFamily[] {
  const { inFlight, connections, sessions, subscriptions } = server.stats();
  const services = Object.entries(report.services);
  const {
    callsInFlight,
    connections: open,
    sessions: legacy,
    subscriptions: streams,
    ready: readiness,
    ...info
  } = measuredMetrics;
  return [
    toFamily(callsInFlight, [{ labels: {}, value: inFlight }]),
    toFamily(open, [{ labels: {}, value: connections }]),
    toFamily(legacy, [{ labels: {}, value: sessions }]),
    toFamily(streams, [{ labels: {}, value: subscriptions }]),
    toFamily(readiness, [{ labels: {}, value: Number(ready) }]),
    toFamily(
      info.serviceUp,
      services.map(([service, { status }]) => ({ labels: { service }, value: Number(status !== "down") })),
    ),
    toFamily(
      info.serviceDegraded,
      services.map(([service, { status }]) => ({ labels: { service }, value: Number(status === "degraded") })),
    ),
    toFamily(info.buildInfo, [
      { labels: { server: server.name, version: server.version, node: process.version }, value: 1 },
    ]),
  ];
}
