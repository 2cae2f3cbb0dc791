import type { PlatformEvents } from "@plinth/core";

/** What is read of the events of `@plinth/url-fetcher`. */
export interface ObservedFetch {
  readonly type: "finished" | "denied" | "failed" | "redirected" | "retried" | "breaker";
  /** Milliseconds that a fetch took. */
  readonly ms?: number;
}

/**
 * Tells a server's listeners what a fetcher does: give it to `createUrlFetcher({ onEvent })`. Tells `url-fetcher`:
 * `finished`, `denied`, `failed` (value: milliseconds), `redirected`, `retried`, `breaker`.
 */
export function fetchEvents(events: PlatformEvents): (event: ObservedFetch) => void {
  return ({ type, ms }) => {
    events.publish({ part: "url-fetcher", action: type, ...(ms !== undefined && { value: ms }) });
  };
}
