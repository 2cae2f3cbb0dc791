import type { CatalogEntry } from "../catalog/catalog.ts";
import type { Awaitable } from "../definitions/awaitable.ts";

/**
 * Something that a part of the server did, for whoever counts. Its words are constants of the code that tells it, never a
 * client's text, so that they can become the labels of a metric.
 */
export interface PlatformEvent {
  /** The part of the server, in kebab-case: `rate-limit`, `cache`, `http`. */
  readonly part: string;
  /** What it did: `refused`, `hit`, `opened`. */
  readonly action: string;
  /** A quantity that goes with it, as the documentation of the part says: milliseconds, bytes, a state's number. */
  readonly value?: number;
  /** The MCP method of the call that it did it for. */
  readonly method?: string;
  /** The tool, prompt or resource that it is about. */
  readonly target?: CatalogEntry | undefined;
  readonly tenant?: string | undefined;
}

/** What a part tells about a call; the call adds what it is about. */
export type CallEvent = Pick<PlatformEvent, "part" | "action" | "value">;

/** The hook by which the parts of a server tell what they do. */
export interface PlatformEvents {
  /** Whether anybody listens; without, an event need not even be made. */
  readonly heard: boolean;
  /** Tells every listener, at once. */
  publish(event: PlatformEvent): void;
  /**
   * Listens. A listener that throws is reported to the log and does not keep the event from others.
   * @returns a function that stops listening.
   */
  subscribe(listener: (event: PlatformEvent) => Awaitable<void>): () => void;
}

/** Makes the hook of one server. A listener that fails, then or later, is told to `onError`. */
export function createPlatformEvents(onError: (error: unknown) => void): PlatformEvents {
  // Replaced, never changed: one that comes or goes during delivery does not disturb it.
  let listeners: readonly ((event: PlatformEvent) => Awaitable<void>)[] = [];
  return {
    get heard() {
      return listeners.length > 0;
    },
    publish(event) {
      for (const listener of listeners) {
        try {
          const telling = listener(event);
          if (telling instanceof Promise) telling.catch(onError);
        } catch (error) {
          onError(error);
        }
      }
    },
    subscribe(listener) {
      // One function each, so that one subscribed twice is told twice and leaves one by one.
      const own = (event: PlatformEvent): Awaitable<void> => listener(event);
      listeners = [...listeners, own];
      return () => {
        listeners = listeners.filter((other) => other !== own);
      };
    },
  };
}
