import type { ServerEvent, ServerEventBus } from "@modelcontextprotocol/server";
import { KitError } from "../errors/kit-error.ts";
import { toError } from "../errors/to-error.ts";

/**
 * What can change under a client's feet: `tools_list_changed`, `prompts_list_changed`, `resources_list_changed`,
 * `resource_updated`.
 */
export type ChangeEvent = ServerEvent;

/** Publishes changes to every open connection and `subscriptions/listen` stream of this process. */
export type ChangeEvents = ServerEventBus;

/** Connections and streams that may listen at the same time; past it something forgets to unsubscribe. */
const maxListeners = 10_000;

/**
 * Makes the embedded {@link ChangeEvents}. Our own rather than the SDK's `InMemoryServerEventBus`: every server has
 * one, and importing the SDK for it would add 75 ms to every start.
 *
 * Delivery is synchronous. A listener that throws is reported to `onerror` and does not keep the event from the others.
 * A listener that publishes does not hear its own event, and one added during delivery hears the next.
 *
 * `subscribe` throws a `KitError` `UNAVAILABLE` when 10,000 listeners are there already.
 */
export function createChangeEvents(onerror: (error: Error) => void): ChangeEvents {
  /** One object per subscription, so that a function subscribed twice is called twice and unsubscribed one by one. */
  const subscriptions = new Set<{ readonly listener: (event: ChangeEvent) => void }>();
  const delivering = new Set<object>();

  return {
    publish(event) {
      const subscribed = [...subscriptions];
      for (const subscription of subscribed) {
        if (!subscriptions.has(subscription) || delivering.has(subscription)) continue;
        delivering.add(subscription);
        try {
          subscription.listener(event);
        } catch (error) {
          onerror(toError(error));
        } finally {
          delivering.delete(subscription);
        }
      }
    },
    subscribe(listener) {
      if (subscriptions.size >= maxListeners) {
        throw new KitError(
          "UNAVAILABLE",
          `More than ${maxListeners} change listeners; unsubscribe those of closed connections`,
        );
      }
      const subscription = { listener };
      subscriptions.add(subscription);
      return () => void subscriptions.delete(subscription);
    },
  };
}
