import type { HostStats } from "../server-stats.ts";
import type { Exchange } from "./exchange.ts";

/**
 * A way from a checked, parsed and authenticated request on the MCP path to its answer. Lanes are asked in order, and
 * the last one takes everything.
 */
export interface Lane {
  /** Answers the exchange, or returns `false` at once, with nothing of it touched, if it is for another lane. */
  handle(exchange: Exchange): Promise<void> | false;
  /** The host is shutting down: ends what would not end by itself, such as listening streams. Calls go on. */
  drain(): void;
  /** Ends everything. */
  close(): Promise<void>;
  /** What it holds open between requests, if it can. */
  readonly stats?: () => HostStats | undefined;
}

/** A lane that is loaded when the first exchange needs it. A load that failed is tried again by the next one. */
export function lazyLane(load: () => Promise<Lane>): Lane {
  let loading: Promise<Lane> | undefined;
  let loaded: Lane | undefined;
  let draining = false;

  async function handleLater(exchange: Exchange): Promise<void> {
    loading ??= load();
    try {
      loaded = await loading;
    } catch (error) {
      loading = undefined;
      throw error;
    }
    if (draining) loaded.drain();
    await loaded.handle(exchange);
  }

  return {
    handle: (exchange) => (loaded === undefined ? handleLater(exchange) : loaded.handle(exchange)),
    drain() {
      draining = true;
      loaded?.drain();
    },
    close: async () => loaded?.close(),
    stats: () => loaded?.stats?.(),
  };
}
