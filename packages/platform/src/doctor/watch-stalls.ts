import type { AnyPlinthServer } from "@plinth/core";
import type { FoundComponent } from "./finding.ts";

/** How often, and for how long, one component kept the event loop from everything else. */
export interface ComponentStalls {
  readonly component: FoundComponent;
  readonly count: number;
  readonly longestMs: number;
  readonly totalMs: number;
}

/** What {@link watchStalls} gives. */
export interface WatchedStalls extends Disposable {
  /** What was seen so far, the longest first. */
  readonly findings: readonly ComponentStalls[];
  /** Stops watching; what was seen stays. */
  stop(): void;
}

/** Components that are told apart: a server has no more, unless it makes up names. */
const mostComponents = 1_000;

/**
 * Collects the stalls of the event loop that `stallWatch` of `@plinth/observability` publishes (`event-loop`, `stalled`), for
 * {@link DoctorOptions.stalls}. Without it nothing is seen.
 */
export function watchStalls(server: Pick<AnyPlinthServer, "events" | "name">): WatchedStalls {
  const seen = new Map<string, ComponentStalls>();
  const stop = server.events.subscribe(({ part, action, value, target }) => {
    if (part !== "event-loop" || action !== "stalled") return;
    if (value === undefined || !Number.isFinite(value) || value < 0) return;
    const component: FoundComponent =
      target === undefined ? { kind: "server", name: server.name } : { kind: target.kind, name: target.name };
    const key = `${component.kind} ${component.name}`;
    const { count, longestMs, totalMs } = seen.get(key) ?? { count: 0, longestMs: 0, totalMs: 0 };
    if (count === 0 && seen.size >= mostComponents) return;
    seen.set(key, {
      component,
      count: count + 1,
      longestMs: Math.max(longestMs, value),
      totalMs: totalMs + value,
    });
  });
  return {
    get findings() {
      return [...seen.values()].toSorted((a, b) => b.longestMs - a.longestMs);
    },
    stop,
    [Symbol.dispose]: stop,
  };
}
