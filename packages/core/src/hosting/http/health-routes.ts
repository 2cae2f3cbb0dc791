import type { HealthReport } from "../../services/service-health.ts";
import type { Exchange } from "./exchange.ts";
import { refusal } from "./refusal.ts";

/** Whether a path is one of the health routes, so that nothing else may be served there. */
export function isHealthPath(path: string): boolean {
  return path === "/healthz" || path === "/readyz";
}

/** What readiness depends on. */
export interface HealthSource {
  /** Whether the services have started. */
  readonly started: boolean;
  readonly draining: boolean;
  /** Anyone may ask, so it must not cost more the more often it is asked. */
  health(): Promise<HealthReport>;
}

/**
 * Serves `/healthz` (alive: 200 while the process serves) and `/readyz` (200 when started, no service down, and not
 * draining; else 503) to `GET` and `HEAD`, without authentication. Probes come by address, so a `Host` that is not
 * allowed is answered too, but learns the status alone; `trusted` requests also get the services by name, never their
 * details.
 */
export function createHealthRoutes(source: HealthSource): (exchange: Exchange, trusted: boolean) => Promise<void> {
  return async function serveHealth(exchange, trusted) {
    if (exchange.method !== "GET" && exchange.method !== "HEAD") {
      exchange.refuse(refusal(405, "Use GET or HEAD", { headers: { allow: "GET, HEAD" } }));
    } else if (exchange.path === "/healthz") {
      sendJson(exchange, 200, { status: "alive" });
    } else if (source.draining || !source.started) {
      sendJson(exchange, 503, { status: source.draining ? "draining" : "starting" });
    } else {
      const { status, services } = await source.health();
      const names = Object.entries(services).map(([name, service]) => [name, service.status] as const);
      sendJson(exchange, status === "down" ? 503 : 200, {
        status,
        ...(trusted && { services: Object.fromEntries(names) }),
      });
    }
  };
}

function sendJson(exchange: Exchange, status: number, body: Readonly<Record<string, unknown>>): void {
  exchange.send(status, JSON.stringify(body), { "content-type": "application/json", "cache-control": "no-store" });
}
