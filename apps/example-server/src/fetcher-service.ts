import { service, type ServiceDefinition } from "@plinth/core";
import { traceHeaders } from "@plinth/observability";
import { fetchEvents } from "@plinth/platform";
import type { UrlFetcher, UrlFetcherPolicy } from "@plinth/url-fetcher";
import type { ExampleConfig } from "./config.ts";
import { Lazy } from "./lazy.ts";

/**
 * The fetcher as a service: opened by the first page, closed after the last call. Its log says what clients are not told.
 *
 * @param seams For tests: what names resolve to, and where a connection really leads.
 */
export function fetcherService(
  settings: ExampleConfig["fetch"],
  seams: Pick<UrlFetcherPolicy, "resolver" | "connect"> = {},
): ServiceDefinition<Lazy<UrlFetcher>> {
  const { allowedHosts, allowedAddresses, ports, maxBytes, timeout, requestsPerMinute } = settings;
  return service({
    start: ({ log, events }) =>
      new Lazy(async () => {
        const { createUrlFetcher } = await import("@plinth/url-fetcher");
        const count = fetchEvents(events);
        return createUrlFetcher({
          ...seams,
          ...(allowedHosts.length > 0 && { allowHosts: allowedHosts }),
          allowAddresses: allowedAddresses,
          ports,
          methods: ["GET"],
          limits: { wire: maxBytes, decoded: maxBytes },
          timeouts: { total: timeout },
          rateLimit: { requests: requestsPerMinute, perMs: 60_000 },
          // A page learns which requests belong together, and nothing else: no baggage goes along.
          outgoingHeaders: () => traceHeaders(),
          onEvent(event) {
            count(event);
            if (event.type === "denied") log.warn("A fetch was refused", { ...event });
            if (event.type === "failed") log.info("A fetch failed", { ...event });
          },
        });
      }),
  });
}
