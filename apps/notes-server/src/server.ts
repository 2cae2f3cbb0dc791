import { createServer, type Logger, type PlinthServer, type ServicesOf } from "@plinth/core";
import {
  accessLog,
  circuitBreaker,
  concurrencyLimit,
  errorMapping,
  inputGuard,
  rateLimit,
  responseLimit,
  retry,
  serviceGuard,
  timeout,
} from "@plinth/middleware";
import { createMetrics, type Metrics } from "@plinth/observability";
import { addNote, findNotes, services } from "./tools.ts";

/** The server, and the metrics that it counts into. */
export interface NotesServer {
  readonly server: PlinthServer<ServicesOf<typeof services>>;
  readonly metrics: Metrics;
}

/** Puts the packages together. Each line is a decision that `@plinth/platform` takes from settings instead. */
export function createNotesServer(log: Logger): NotesServer {
  const metrics = createMetrics();
  const server = createServer({ name: "notes", version: "0.1.0", log, services, components: [addNote, findNotes] });
  metrics.attach(server);
  server.use(
    accessLog(),
    metrics.middleware,
    errorMapping(),
    rateLimit({ limits: { perMinute: 600, burst: 100, by: "principal" } }),
    inputGuard({ maxBytes: 64 * 1024 }),
    concurrencyLimit({ total: 100 }),
    serviceGuard({ health: () => server.health() }),
    circuitBreaker(),
    timeout({ ms: 5_000 }),
    retry({ attempts: 2 }),
    responseLimit({ maxBytes: 256 * 1024 }),
  );
  return { server, metrics };
}
