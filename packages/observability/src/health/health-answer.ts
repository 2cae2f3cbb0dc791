import type { ServerHealth } from "./server-health.ts";

/** What a probe or an operator is answered. */
export interface HealthAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * Answers `/readyz` (200 while calls are taken, else 503) and `/health`, which says all that is known. **Security:** what
 * checks say is for operators, and is left out unless `details`.
 */
export function healthAnswer(path: "/readyz" | "/health", health: ServerHealth, details: boolean): HealthAnswer {
  const { ready, state, report } = health;
  const services = Object.fromEntries(
    Object.entries(report.services).map(([name, service]) => [name, details ? service : { status: service.status }]),
  );
  const status = ready ? 200 : 503;
  if (path === "/readyz") return { status, body: { status: state === "serving" ? report.status : state } };
  return {
    status,
    body: {
      status: report.status,
      ready,
      state,
      services,
      uptimeSeconds: Math.round(process.uptime()),
      pid: process.pid,
    },
  };
}
