import type { AnyPlinthServer, HealthReport, ServerState } from "@plinth/core";

/** How a server is, for those who operate it. */
export interface ServerHealth {
  /** Whether it takes calls. */
  readonly ready: boolean;
  readonly state: ServerState;
  readonly report: HealthReport;
}

/** Milliseconds to wait for checks: a scrape must not take as long as a service that hangs. */
const waitMs = 500;

const unknown: HealthReport = { status: "down", services: {} };

/** Makes what reads a server's health in bounded time: a check that takes longer leaves the report before it. */
export function createHealthReader(server: AnyPlinthServer): () => Promise<ServerHealth> {
  let last = unknown;
  return async function readHealth() {
    const timeout = Promise.withResolvers<HealthReport>();
    const timer = setTimeout(() => timeout.resolve(last), waitMs);
    const checked = server.health().then(
      (report) => (last = report),
      () => unknown,
    );
    const report = await Promise.race([checked, timeout.promise]);
    clearTimeout(timer);
    const { state } = server;
    return { ready: report.status !== "down" && state === "serving", state, report };
  };
}

/** How several processes are that serve together: ready while one of them is, and each service as bad as the worst. */
export function worstHealth(all: readonly ServerHealth[]): ServerHealth {
  const [first] = all;
  if (first === undefined) return { ready: false, state: "starting", report: unknown };
  const worst = all.reduce((a, b) => (badness(b) > badness(a) ? b : a));
  const best = all.find(({ ready }) => ready);
  const services: Record<string, HealthReport["services"][string]> = Object.create(null) as never;
  for (const { report } of all) {
    for (const [name, health] of Object.entries(report.services)) {
      const known = services[name];
      if (known === undefined || rank[health.status] > rank[known.status]) services[name] = health;
    }
  }
  return {
    ready: best !== undefined,
    state: (best ?? first).state,
    report: {
      status: best !== undefined && worst.report.status === "down" ? "degraded" : worst.report.status,
      services,
    },
  };
}

const rank: Readonly<Record<HealthReport["status"], number>> = { up: 0, degraded: 1, down: 2 };

function badness({ report }: ServerHealth): number {
  return rank[report.status];
}
